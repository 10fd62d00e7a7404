using System.Net;
using TspActors.Peer.Hosting;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport.Sessions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks the INIT handshake between a requester and a host. Both sides are tested against each other.</summary>
public sealed class HandshakeSpecs
{
    private static readonly PeerId Peer = PeerId.NewRandom();

    [Fact]
    public void Without_a_key_a_hello_is_accepted_without_proof()
    {
        var host = Handshakes.OfHost(null);
        Assert.True(host.IsProved);

        var result = Run(new ClientHandshake(null, Peer, "ann", 0, false), host);

        Assert.IsType<HandshakeResult.Accepted>(result);
    }

    [Fact]
    public void Both_sides_prove_that_they_know_the_same_key()
    {
        var host = Handshakes.OfHost(new AccessKey("secret"));
        Assert.False(host.IsProved);

        var result = Run(new ClientHandshake(new AccessKey("secret"), Peer, "ann", 0, false), host);

        Assert.IsType<HandshakeResult.Accepted>(result);
        Assert.True(host.IsProved);
    }

    [Fact]
    public void A_wrong_key_is_refused()
    {
        var host = Handshakes.OfHost(new AccessKey("secret"));
        var link = new ClientHandshake(new AccessKey("guess"), Peer, "ann", 0, false);
        var proof = FrameOf(link.Advance(Step(host.Advance(Step(link.Hello)))));

        var result = host.Advance(Step(proof));

        Assert.False(host.IsProved);
        Assert.Equal(ErrorCode.Unauthenticated, CodeOf(result));
    }

    [Fact]
    public void A_requester_without_a_key_is_refused_by_a_host_with_one()
    {
        var host = Handshakes.OfHost(new AccessKey("secret"));

        var result = host.Advance(Step(new ClientHandshake(null, Peer, "ann", 0, false).Hello));

        Assert.Equal(ErrorCode.Unauthenticated, CodeOf(result));
    }

    [Fact]
    public void The_error_for_a_challenged_requester_without_a_key_names_the_setting()
    {
        var link = new ClientHandshake(null, Peer, "ann", 0, false);
        var challenge = new Init { Challenge = new Challenge { Nonce = Google.Protobuf.ByteString.CopyFrom(AccessKey.NewNonce()) } };

        var refused = Assert.IsType<HandshakeResult.Refused>(link.Advance(challenge));

        Assert.Contains("tsp.peer.access-key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_does_not_prove_that_it_knows_the_key_is_refused_by_the_requester()
    {
        var result = Run(new ClientHandshake(new AccessKey("secret"), Peer, "ann", 0, false), Handshakes.OfHost(null));

        Assert.IsType<HandshakeResult.Refused>(result);
    }

    [Fact]
    public void A_proof_replayed_from_an_earlier_handshake_is_refused()
    {
        var key = new AccessKey("secret");
        var link = new ClientHandshake(key, Peer, "ann", 0, false);
        var first = Handshakes.OfHost(key);
        var proof = FrameOf(link.Advance(Step(first.Advance(Step(link.Hello)))));

        var second = Handshakes.OfHost(key);
        second.Advance(Step(link.Hello));
        var result = second.Advance(Step(proof));

        Assert.Equal(ErrorCode.Unauthenticated, CodeOf(result));
        Assert.False(second.IsProved);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_different_protocol_version_is_refused_as_UNSUPPORTED_and_a_second_hello_may_follow(uint version)
    {
        var host = Handshakes.OfHost(null);
        var other = new Init
        {
            Hello = new Hello
            {
                ProtocolVersion = version,
                PeerId = Google.Protobuf.ByteString.CopyFrom(Peer.ToArray())
            }
        };

        var code = CodeOf(host.Advance(other));

        Assert.Equal(ErrorCode.Unsupported, code);
        Assert.False(Errors.ClosesConnection(code));
        Assert.Null(host.Peer);
        Assert.IsType<HandshakeResult.Accepted>(Run(new ClientHandshake(null, Peer, "ann", 0, false), host));
        Assert.Equal(Peer, host.Peer);
    }

    [Fact]
    public void The_peer_id_is_accepted_only_after_the_proof()
    {
        var host = Handshakes.OfHost(new AccessKey("secret"));
        var link = new ClientHandshake(new AccessKey("secret"), Peer, "ann", 0, false);
        var proof = FrameOf(link.Advance(Step(host.Advance(Step(link.Hello)))));
        Assert.Null(host.Peer);

        host.Advance(Step(proof));

        Assert.Equal(Peer, host.Peer);
    }

    [Fact]
    public void A_proof_without_a_hello_and_a_repeated_hello_are_bad_requests()
    {
        var host = Handshakes.OfHost(new AccessKey("secret"));
        var proof = new Init { Proof = new Proof { Hmac = Google.Protobuf.ByteString.CopyFrom(new byte[AccessKey.ProofSize]) } };
        Assert.Equal(ErrorCode.BadRequest, CodeOf(host.Advance(proof)));

        var hello = new ClientHandshake(new AccessKey("secret"), Peer, "ann", 0, false).Hello;
        host.Advance(Step(hello));

        Assert.Equal(ErrorCode.BadRequest, CodeOf(host.Advance(Step(hello))));
        Assert.False(host.IsProved);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_man_in_the_middle_that_forwards_every_step_joins_neither_side(bool speaksTls)
    {
        var (key, hostKey, ownKey) = (new AccessKey("secret"), NewKeyId(), NewKeyId());
        var host = new HostHandshake(AccessCheck.For(key, TimeSpan.FromMinutes(1), "host"), new RemoteEnd(IPAddress.Loopback, null, hostKey));
        // The requester sees the key of the one in the middle, or no TLS at all.
        var link = new ClientHandshake(key, Peer, "ann", 0, false) { ServerKey = speaksTls ? ownKey : null };
        var proof = FrameOf(link.Advance(Step(host.Advance(Step(link.Hello)))));

        Assert.Equal(ErrorCode.Unauthenticated, CodeOf(host.Advance(Step(proof))));
        Assert.False(host.IsProved);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_proof_of_a_host_for_its_own_key_does_not_serve_a_man_in_the_middle(bool speaksTls)
    {
        var (key, hostKey, ownKey) = (new AccessKey("secret"), NewKeyId(), NewKeyId());
        var nonce = AccessKey.NewNonce();
        var link = new ClientHandshake(key, Peer, "ann", 0, false) { ServerKey = speaksTls ? ownKey : null };
        var hello = Step(link.Hello).Hello;
        link.Advance(new Init { Challenge = new Challenge { Nonce = Google.Protobuf.ByteString.CopyFrom(nonce) } });
        var ofHost = key.TrackerProof(hello.Nonce.Span, nonce, Peer, hostKey);

        var result = link.Advance(new Init { Welcome = new Welcome { Hmac = Google.Protobuf.ByteString.CopyFrom(ofHost) } });

        Assert.IsType<HandshakeResult.Refused>(result);
    }

    private static KeyId NewKeyId() => new(PeerId.NewRandom().ToArray());

    // Runs the handshake to its end and returns the requester's result.
    private static HandshakeResult Run(ClientHandshake link, HostHandshake host)
    {
        var frame = link.Hello;
        while (true)
        {
            var reply = host.Advance(Step(frame));
            Assert.IsNotType<HandshakeResult.Refused>(reply);
            var result = link.Advance(Step(reply));
            if (result is not HandshakeResult.Reply next)
                return result;
            frame = next.Frame;
        }
    }

    private static Init Step(HandshakeResult result) => Step(result.ToFrame());

    private static Init Step(byte[] frame) => Init.Parser.ParseFrom(frame.AsSpan(FrameHeader.SizeWithLength));

    private static byte[] FrameOf(HandshakeResult result) => Assert.IsType<HandshakeResult.Reply>(result).Frame;

    // Returns the error code that the remote end receives.
    private static ErrorCode CodeOf(HandshakeResult result)
    {
        Assert.IsType<HandshakeResult.Refused>(result);
        return Error.Parser.ParseFrom(result.ToFrame().AsSpan(FrameHeader.SizeWithLength)).Code;
    }
}
