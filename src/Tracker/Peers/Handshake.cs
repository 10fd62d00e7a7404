using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Peers;

/// <summary>What a handshake step leads to.</summary>
internal abstract record HandshakeResult
{
    /// <summary>Send this frame and wait for the next step.</summary>
    internal sealed record Answer(byte[] Frame) : HandshakeResult;

    /// <summary>The peer is who it says: let it join.</summary>
    internal sealed record Accepted(CatalogHost Host, bool WantsBroadcasts, Welcome Welcome) : HandshakeResult;

    /// <summary>The step is refused.</summary>
    internal sealed record Refused(ErrorCode Code, string Message) : HandshakeResult;
}

/// <summary>Decides the steps of INIT: hello, and where there is an access key challenge and proof (docs/protocol.md section 3).</summary>
internal sealed class Handshake(TrackerSettings settings, IPAddress remote)
{
    private const int MaxNameLength = 64;

    private Hello? _hello;
    private byte[]? _challenge;

    /// <summary>What came so far counts no more; the next step is a hello.</summary>
    public void Begin() => (_hello, _challenge) = (null, null);

    /// <summary>Takes the peer's next step.</summary>
    public HandshakeResult Take(Init init) => init.StepCase switch
    {
        Init.StepOneofCase.Hello when _hello is null => TakeHello(init.Hello),
        Init.StepOneofCase.Proof when _challenge is not null => TakeProof(init.Proof),
        _ => new HandshakeResult.Refused(ErrorCode.BadRequest, "this INIT step was not expected now"),
    };

    private HandshakeResult TakeHello(Hello hello)
    {
        if (hello.ProtocolVersion != 1)
            return new HandshakeResult.Refused(ErrorCode.Unsupported, $"protocol version {hello.ProtocolVersion} is not spoken here; 1 is");
        if (hello.Name.EnumerateRunes().Count() is var length and (0 or > MaxNameLength))
            return new HandshakeResult.Refused(ErrorCode.BadRequest, $"a peer's name has 1 to {MaxNameLength} characters, not {length}");
        if (hello.ListenPort > IPEndPoint.MaxPort)
            return new HandshakeResult.Refused(ErrorCode.BadRequest, $"{hello.ListenPort} is not a port");
        if (settings.AccessKey is null)
        {
            _hello = hello;
            return Accept(hello, null);
        }

        if (hello.Nonce.IsEmpty)
            return new HandshakeResult.Refused(ErrorCode.Unauthenticated, "this tracker needs an access key");
        _hello = hello;
        _challenge = AccessKey.NewNonce();
        return new HandshakeResult.Answer(FrameEncoder.Encode(
            Operation.Init, 0, new Init { Challenge = new Challenge { Nonce = UnsafeByteOperations.UnsafeWrap(_challenge) } }));
    }

    private HandshakeResult TakeProof(Proof proof)
    {
        var peer = new PeerId(_hello!.PeerId.Span);
        var expected = settings.AccessKey!.PeerProof(_challenge, _hello.Nonce.Span, peer);
        if (!AccessKey.Matches(expected, proof.Hmac.Span))
            return new HandshakeResult.Refused(ErrorCode.Unauthenticated, "the access key is not this tracker's");
        var own = settings.AccessKey.TrackerProof(_hello.Nonce.Span, _challenge, peer);
        _challenge = null;
        return Accept(_hello, own);
    }

    private HandshakeResult.Accepted Accept(Hello hello, byte[]? ownProof)
    {
        var address = remote.ToString();
        var advertised = hello.AdvertisedAddress;
        var reachedAt = settings.AllowAdvertisedAddress && Uri.CheckHostName(advertised) != UriHostNameType.Unknown ? advertised : address;
        var name = string.Concat(hello.Name.Select(letter => char.IsControl(letter) ? '?' : letter));
        return new HandshakeResult.Accepted(
            new CatalogHost(new PeerId(hello.PeerId.Span), name, reachedAt, (int)hello.ListenPort, remote),
            hello.WantsBroadcasts,
            new Welcome
            {
                TrackerName = settings.Name,
                ObservedAddress = address,
                HeartbeatIntervalMs = (uint)settings.HeartbeatInterval.TotalMilliseconds,
                Hmac = ownProof is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(ownProof),
            });
    }
}
