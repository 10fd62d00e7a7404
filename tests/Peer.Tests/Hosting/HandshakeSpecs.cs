using TspActors.Peer.Hosting;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>INIT between a requester and a host: both sides of it, against each other.</summary>
public sealed class HandshakeSpecs
{
    private static readonly PeerId Peer = PeerId.NewRandom();

    [Fact]
    public void without_a_key_a_hello_is_welcome_and_nothing_has_to_be_proved()
    {
        var host = new HostHandshake(null);
        Assert.True(host.IsProved);

        var (fault, welcome) = Run(new ClientHandshake(null, Peer, "ann", 0, false), host);

        Assert.Null(fault);
        Assert.NotNull(welcome);
    }

    [Fact]
    public void the_same_key_on_both_sides_is_proved_to_both()
    {
        var host = new HostHandshake(new AccessKey("secret"));
        Assert.False(host.IsProved);

        var (fault, welcome) = Run(new ClientHandshake(new AccessKey("secret"), Peer, "ann", 0, false), host);

        Assert.Null(fault);
        Assert.NotNull(welcome);
        Assert.True(host.IsProved);
    }

    [Fact]
    public void a_wrong_key_is_refused()
    {
        var host = new HostHandshake(new AccessKey("secret"));
        var link = new ClientHandshake(new AccessKey("guess"), Peer, "ann", 0, false);
        link.Take(Step(host.Take(Step(link.Hello), out _)), out var proof, out _);

        var answer = host.Take(Step(proof!), out var refused);

        Assert.True(refused);
        Assert.False(host.IsProved);
        Assert.Equal(ErrorCode.Unauthenticated, ErrorOf(answer).Code);
    }

    [Fact]
    public void a_requester_without_a_key_is_refused_by_a_host_with_one()
    {
        var host = new HostHandshake(new AccessKey("secret"));

        var answer = host.Take(Step(new ClientHandshake(null, Peer, "ann", 0, false).Hello), out var refused);

        Assert.True(refused);
        Assert.Equal(ErrorCode.Unauthenticated, ErrorOf(answer).Code);
    }

    [Fact]
    public void a_challenge_to_a_requester_without_a_key_says_what_to_set()
    {
        var link = new ClientHandshake(null, Peer, "ann", 0, false);
        var challenge = new Init { Challenge = new Challenge { Nonce = Google.Protobuf.ByteString.CopyFrom(AccessKey.NewNonce()) } };

        Assert.Contains("tsp.peer.access-key", link.Take(challenge, out _, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void a_host_that_does_not_prove_the_key_is_refused_by_the_requester()
    {
        var (fault, welcome) = Run(new ClientHandshake(new AccessKey("secret"), Peer, "ann", 0, false), new HostHandshake(null));

        Assert.NotNull(fault);
        Assert.Null(welcome);
    }

    [Fact]
    public void a_proof_that_was_heard_elsewhere_is_worth_nothing()
    {
        var key = new AccessKey("secret");
        var link = new ClientHandshake(key, Peer, "ann", 0, false);
        var first = new HostHandshake(key);
        link.Take(Step(first.Take(Step(link.Hello), out _)), out var proof, out _);

        var second = new HostHandshake(key);
        second.Take(Step(link.Hello), out _);
        second.Take(Step(proof!), out var refused);

        Assert.True(refused);
        Assert.False(second.IsProved);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void another_version_of_the_protocol_is_UNSUPPORTED_and_another_hello_can_follow(uint version)
    {
        var host = new HostHandshake(null);
        var other = new Init { Hello = new Hello { ProtocolVersion = version, PeerId = Google.Protobuf.ByteString.CopyFrom(Peer.ToArray()) } };

        Assert.Equal(ErrorCode.Unsupported, ErrorOf(host.Take(other, out var refused)).Code);

        Assert.False(refused);
        Assert.Null(host.Peer);
        Assert.NotNull(Run(new ClientHandshake(null, Peer, "ann", 0, false), host).Welcome);
        Assert.Equal(Peer, host.Peer);
    }

    [Fact]
    public void a_peer_is_who_it_says_only_after_its_proof()
    {
        var host = new HostHandshake(new AccessKey("secret"));
        var link = new ClientHandshake(new AccessKey("secret"), Peer, "ann", 0, false);
        link.Take(Step(host.Take(Step(link.Hello), out _)), out var proof, out _);
        Assert.Null(host.Peer);

        host.Take(Step(proof!), out _);

        Assert.Equal(Peer, host.Peer);
    }

    [Fact]
    public void a_proof_before_a_hello_and_a_second_hello_are_out_of_turn()
    {
        var host = new HostHandshake(new AccessKey("secret"));
        var proof = new Init { Proof = new Proof { Hmac = Google.Protobuf.ByteString.CopyFrom(new byte[AccessKey.ProofSize]) } };
        Assert.Equal(ErrorCode.BadRequest, ErrorOf(host.Take(proof, out _)).Code);

        var hello = new ClientHandshake(new AccessKey("secret"), Peer, "ann", 0, false).Hello;
        host.Take(Step(hello), out _);

        Assert.Equal(ErrorCode.BadRequest, ErrorOf(host.Take(Step(hello), out _)).Code);
        Assert.False(host.IsProved);
    }

    private static (string? Fault, Welcome? Welcome) Run(ClientHandshake link, HostHandshake host)
    {
        var frame = link.Hello;
        while (true)
        {
            var answer = host.Take(Step(frame), out var refused);
            Assert.False(refused);
            var fault = link.Take(Step(answer), out var reply, out var welcome);
            if (reply is null)
                return (fault, welcome);
            frame = reply;
        }
    }

    private static Init Step(byte[] frame) => Init.Parser.ParseFrom(frame.AsSpan(FrameHeader.SizeWithLength));

    private static Error ErrorOf(byte[] frame) => Error.Parser.ParseFrom(frame.AsSpan(FrameHeader.SizeWithLength));
}
