using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Peers;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>Checks who owns a peer id.</summary>
public sealed class PeerSecretsSpecs
{
    private static readonly PeerId Peer = PeerId.NewRandom();

    private readonly ManualClock _clock = new();
    private readonly PeerSecrets _secrets;

    public PeerSecretsSpecs() => _secrets = new PeerSecrets(_clock);

    [Fact]
    public void The_first_peer_to_register_owns_its_id_until_a_day_after_it_leaves()
    {
        var secret = Register(ByteString.Empty);
        Assert.True(_secrets.IsOwner(Peer, secret));
        Assert.False(_secrets.IsOwner(Peer, ResumeSecret.NewRandom()));
        Assert.False(_secrets.IsOwner(Peer, ByteString.Empty));
        Assert.False(_secrets.IsOwner(PeerId.NewRandom(), secret));

        _secrets.Leave(Peer);
        _clock.Pass(TimeSpan.FromHours(23));
        Assert.True(_secrets.IsOwner(Peer, secret));

        _clock.Pass(TimeSpan.FromHours(2));
        _secrets.Leave(PeerId.NewRandom());
        Register(ByteString.Empty);
        Assert.False(_secrets.IsOwner(Peer, secret));
    }

    [Fact]
    public void A_stranger_that_registers_while_the_owner_is_away_does_not_become_the_owner()
    {
        var owner = Register(ByteString.Empty);
        _secrets.Leave(Peer);
        var stranger = Register(ByteString.Empty);
        Assert.True(_secrets.IsOwner(Peer, owner));

        // The stranger leaves, and the tracker still knows the owner.
        _secrets.Leave(Peer);
        Assert.False(_secrets.IsOwner(Peer, stranger));
        Register(ByteString.Empty);
        var back = Register(owner);

        Assert.True(_secrets.IsOwner(Peer, back));
        Assert.True(_secrets.MayReplace(Peer, back));
        Assert.False(_secrets.IsOwner(Peer, owner));
        Assert.False(_secrets.IsOwner(Peer, stranger));
    }

    [Fact]
    public void A_restarted_owner_that_shows_the_digest_may_replace_a_stranger_but_not_its_own_live_connection()
    {
        var digest = ResumeSecret.Digest(Register(ByteString.Empty));
        Assert.True(_secrets.IsOwner(Peer, digest));
        Assert.False(_secrets.MayReplace(Peer, digest));

        _secrets.Leave(Peer);
        Register(ByteString.Empty);

        Assert.True(_secrets.MayReplace(Peer, digest));
        Assert.False(_secrets.MayReplace(Peer, ResumeSecret.NewRandom()));
    }

    [Fact]
    public void When_too_many_peers_are_absent_the_secret_of_the_one_that_left_first_is_forgotten()
    {
        var secret = Register(ByteString.Empty);
        _secrets.Leave(Peer);
        for (var other = 0; other <= PeerSecrets.MaxAbsent; other++)
        {
            var peer = PeerId.NewRandom();
            _secrets.Register(peer, ByteString.Empty, ResumeSecret.NewRandom());
            _secrets.Leave(peer);
        }

        Assert.False(_secrets.IsOwner(Peer, secret));
    }

    private ByteString Register(ByteString shown)
    {
        var secret = ResumeSecret.NewRandom();
        _secrets.Register(Peer, shown, secret);
        return secret;
    }
}
