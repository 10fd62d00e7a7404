using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport.Sessions;

namespace TspActors.Tracker.Peers;

/// <summary>The tracker's side of INIT: hello, then challenge and proof if there is an access key (docs/protocol.md section 3).</summary>
internal sealed class Handshake(TrackerSettings settings, AccessCheck? access, IPAddress remote)
{
    private const uint Version = 1;
    private const int MaxNameLength = 64;

    private Hello? _hello;
    private AccessChallenge? _challenge;

    /// <summary>Discards the steps so far. The next step must be a hello.</summary>
    public void Restart() => (_hello, _challenge) = (null, null);

    /// <summary>Handles the peer's next step.</summary>
    public HandshakeResult Advance(Init init) => init.StepCase switch
    {
        Init.StepOneofCase.Hello when _hello is null => AdvanceHello(init.Hello),
        Init.StepOneofCase.Proof when _challenge is not null => AdvanceProof(_challenge, init.Proof),
        _ => new HandshakeResult.Refused(ErrorCode.BadRequest, "this INIT step is unexpected at this point"),
    };

    /// <summary>Whether the peer of the accepted hello wants broadcasts of catalog changes.</summary>
    public bool WantsBroadcasts => _hello!.WantsBroadcasts;

    /// <summary>The secret in the accepted hello; empty = none.</summary>
    public ByteString ShownSecret => _hello!.Resume;

    /// <summary>Describes the peer of the accepted hello as a host.</summary>
    public CatalogHost ToHost()
    {
        var hello = _hello!;
        var advertised = hello.AdvertisedAddress;
        var isUsed = settings.AllowAdvertisedAddress && Uri.CheckHostName(advertised) != UriHostNameType.Unknown;
        var address = isUsed ? advertised : remote.ToString();
        return new CatalogHost(new PeerId(hello.PeerId.Span), PeerName.Cut(Visible(hello.Name)), address, (int)hello.ListenPort, remote);
    }

    private HandshakeResult AdvanceHello(Hello hello)
    {
        if (hello.ProtocolVersion != Version)
            return new HandshakeResult.Refused(
                ErrorCode.Unsupported, $"protocol version {hello.ProtocolVersion} is not supported; this tracker speaks version {Version}");
        var length = Visible(hello.Name).Length == 0 ? 0 : hello.Name.EnumerateRunes().Count();
        if (length is 0 or > MaxNameLength)
            return new HandshakeResult.Refused(ErrorCode.BadRequest, $"a peer's name must have 1 to {MaxNameLength} characters, not {length}");
        if (hello.ListenPort > IPEndPoint.MaxPort)
            return new HandshakeResult.Refused(ErrorCode.BadRequest, $"{hello.ListenPort} is not a port");
        if (access is null)
        {
            _hello = hello;
            return Accept(ByteString.Empty);
        }

        var result = access.Challenge(hello, remote, out _challenge);
        if (_challenge is not null)
            _hello = hello;
        return result;
    }

    private static string Visible(string name) =>
        VisibleText.Clean(string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter)));

    private HandshakeResult AdvanceProof(AccessChallenge challenge, Proof proof)
    {
        var refused = access!.Verify(challenge, proof, remote, out var ownProof);
        if (refused is not null)
        {
            Restart();
            return refused;
        }

        _challenge = null;
        return Accept(UnsafeByteOperations.UnsafeWrap(ownProof));
    }

    private HandshakeResult.Accepted Accept(ByteString ownProof) => new(new Welcome
    {
        TrackerName = settings.Name,
        ObservedAddress = remote.ToString(),
        HeartbeatIntervalMs = (uint)settings.HeartbeatInterval.TotalMilliseconds,
        Hmac = ownProof,
        Resume = ResumeSecret.NewRandom(),
    });
}
