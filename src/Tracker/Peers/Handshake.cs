using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Members;
using TspActors.Transport.Sessions;

namespace TspActors.Tracker.Peers;

/// <summary>The tracker's side of INIT: hello, then challenge and proof if there is an access key (docs/protocol.md section 3).</summary>
/// <param name="settings">The tracker's settings.</param>
/// <param name="access">Checks the access key and invitations; null = everyone may join without an access key.</param>
/// <param name="members">Who may join; null = the tracker has no list of members.</param>
/// <param name="remote">The peer's end of the connection.</param>
/// <param name="keyId">The id of the key that this tracker used for TLS on this connection, or would use on a TLS connection; null = it
///   does not accept TLS.</param>
internal sealed class Handshake(
    TrackerSettings settings, AccessCheck? access, Membership? members, RemoteEnd remote, KeyId? keyId)
{
    private const uint Version = 1;
    private const int MaxNameLength = 64;

    // The maximum length of a DNS name, which Uri.CheckHostName does not check. Each of the peer's songs is listed with the address.
    private const int MaxAddressLength = 253;

    private Hello? _hello;
    private AccessChallenge? _challenge;

    /// <summary>Discards the steps so far. The next step must be a hello.</summary>
    public void Restart() => (_hello, _challenge, Invitation) = (null, null, null);

    /// <summary>
    /// The invitation that the accepted peer has used, by proving that it knows the code; null = the peer joined without one.
    /// </summary>
    public Invitation? Invitation { get; private set; }

    /// <summary>Whether only members may join at the moment.</summary>
    public bool IsRestricted => members?.IsRestricted == true;

    /// <summary>Whether the peer of this connection is a member.</summary>
    public bool IsMember => remote.Key is { } key && members?.Find(key) is not null;

    /// <summary>Handles the peer's next step.</summary>
    public HandshakeResult Advance(Init init) => init.StepCase switch
    {
        Init.StepOneofCase.Hello when _hello is null => AdvanceHello(init.Hello),
        Init.StepOneofCase.Proof when _challenge is not null => AdvanceProof(_challenge, init.Proof),
        _ => new HandshakeResult.Refused(ErrorCode.BadRequest, "this INIT step is unexpected at this point"),
    };

    /// <summary>Whether the peer whose hello was accepted wants broadcasts of catalog changes.</summary>
    public bool WantsBroadcasts => _hello!.WantsBroadcasts;

    /// <summary>The resume secret in the accepted hello; empty = none.</summary>
    public ByteString ShownSecret => _hello!.Resume;

    /// <summary>Returns the host that the accepted hello describes.</summary>
    public CatalogHost ToHost()
    {
        var hello = _hello!;
        var advertised = hello.AdvertisedAddress;
        var isUsed = settings.AllowAdvertisedAddress && advertised.Length <= MaxAddressLength
            && Uri.CheckHostName(advertised) != UriHostNameType.Unknown;
        // Uri accepts brackets around an IPv6 address, but addresses in listings have none. The scope of an address is meaningful only on
        // this machine.
        var address = isUsed ? advertised.Trim('[', ']') : new IPAddress(remote.Address.GetAddressBytes()).ToString();
        return new CatalogHost(
            new PeerId(hello.PeerId.Span), PeerName.Cut(Visible(hello.Name)), address, (int)hello.ListenPort, remote.Address,
            isSecure: remote.Key is not null, features: (PeerFeatures)hello.Features)
        {
            LocalEndpoints = LocalEndpoint.Filter(hello.LocalEndpoints),
        };
    }

    private HandshakeResult AdvanceHello(Hello hello)
    {
        if (hello.ProtocolVersion != Version)
            return new HandshakeResult.Refused(
                ErrorCode.Unsupported, $"protocol version {hello.ProtocolVersion} is not supported; this tracker speaks version {Version}");
        if (remote.RefuseId(hello) is { } refused)
            return refused;
        var length = Visible(hello.Name).Length == 0 ? 0 : hello.Name.EnumerateRunes().Count();
        if (length is 0 or > MaxNameLength)
            return new HandshakeResult.Refused(ErrorCode.BadRequest, $"a peer's name must have 1 to {MaxNameLength} characters, not {length}");
        if (hello.ListenPort > IPEndPoint.MaxPort)
            return new HandshakeResult.Refused(ErrorCode.BadRequest, $"{hello.ListenPort} is not a port");
        members?.NoticeFirstFile();
        // A member's key proves as much as an access key.
        if (IsRestricted ? IsMember : settings.AccessKey is null)
        {
            _hello = hello;
            return Accept(ByteString.Empty);
        }

        var result = access!.Challenge(hello, remote, out _challenge);
        if (_challenge is not null)
            _hello = hello;
        return result;
    }

    private static string Visible(string name) =>
        VisibleText.Clean(string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter)));

    private HandshakeResult AdvanceProof(AccessChallenge challenge, Proof proof)
    {
        // A member is remembered by its key, so a peer without a key cannot use an invitation.
        var invitations = IsRestricted && remote.Key is not null ? members!.OpenInvitations : [];
        var refused = access!.Verify(
            challenge, proof, remote, [.. invitations.Select(invitation => invitation.ToAccessKey())], out var proved);
        if (refused is not null)
        {
            Restart();
            return refused;
        }

        _challenge = null;
        Invitation = proved.Invitation is { } index ? invitations[index] : null;
        return Accept(UnsafeByteOperations.UnsafeWrap(proved.OwnProof));
    }

    private HandshakeResult.Accepted Accept(ByteString ownProof) => new(new Welcome
    {
        TrackerName = settings.Name,
        ObservedAddress = remote.Address.ToString(),
        HeartbeatIntervalMs = (uint)settings.HeartbeatInterval.TotalMilliseconds,
        Hmac = ownProof,
        Resume = ResumeSecret.NewRandom(),
        TrackerKeyId = keyId is { } key ? UnsafeByteOperations.UnsafeWrap(key.ToArray()) : ByteString.Empty,
        // Without probes, the tracker cannot know whether the endpoint to which a host would connect really belongs to the requester.
        // Relays are for peers that know each other's keys.
        Features = (ulong)(!settings.Reachability.Enabled ? TrackerFeatures.None
            : keyId is null ? TrackerFeatures.Call : TrackerFeatures.Call | TrackerFeatures.Relay),
    });
}
