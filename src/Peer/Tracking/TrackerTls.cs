using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Tracking;

/// <summary>How a peer uses TLS with its trackers.</summary>
/// <param name="Identity">The identity that this peer presents.</param>
/// <param name="IsRequired">Whether a tracker that does not speak TLS is refused.</param>
/// <param name="Known">The remembered keys of trackers.</param>
internal sealed record TrackerTls(TlsIdentity Identity, bool IsRequired, TrackerKeys Known)
{
    /// <summary>Returns the TLS client for a connection to a tracker; null = speak plain TSP.</summary>
    public TlsClient? ClientFor(TrackerAddress tracker) => tracker.Security switch
    {
        { Kind: TrackerSecurityKind.Plain } => null,
        { Pin: { } pin } => TlsClient.Pinned(Identity, pin),
        { Kind: TrackerSecurityKind.Authority } => TlsClient.Authority(Identity, tracker.Host),
        _ => Known.Find(tracker) is { } key ? TlsClient.Pinned(Identity, key) : TlsClient.AnyKey(Identity),
    };

    /// <summary>Returns a human-readable reason why this peer cannot connect to a tracker now; null = it can.</summary>
    public string? FindFault(TrackerAddress tracker) => tracker.Security.Kind == TrackerSecurityKind.Automatic ? Known.Fault : null;

    /// <summary>Returns true if this peer may speak plain TSP to a tracker that answered a TLS handshake in plain TSP.</summary>
    /// <remarks>Not allowed if the tracker has ever spoken TLS, because an attacker in between could fake that answer.</remarks>
    public bool MayGoPlain(TrackerAddress tracker, ConnectFailed failed) =>
        failed.Tls == TlsFailure.NotTls && !IsRequired && tracker.Security.Kind == TrackerSecurityKind.Automatic
        && Known.Find(tracker) is null;

    /// <summary>Returns true if the tracker was reached but did not prove its identity.</summary>
    public static bool IsUntrusted(ConnectFailed failed) => failed.Tls
        is TlsFailure.KeyMismatch or TlsFailure.BadCertificate or TlsFailure.Untrusted or TlsFailure.NameMismatch or TlsFailure.NotTls;

    /// <summary>Returns a human-readable reason why a connection failed.</summary>
    public string Explain(TrackerAddress tracker, ConnectFailed failed) => failed.Tls switch
    {
        TlsFailure.KeyMismatch when tracker.Security.Kind == TrackerSecurityKind.Automatic =>
            $"{failed.Reason}, the key that it had the first time. Somebody may be between this peer and the tracker. If the tracker's key was changed on purpose, delete the line for {tracker} in {Known.Path ?? "the list of known trackers"}",
        TlsFailure.KeyMismatch => $"{failed.Reason}, the key in its address",
        TlsFailure.NotTls when Known.Find(tracker) is not null =>
            $"{failed.Reason}, although it did before; this peer no longer connects to it without TLS",
        TlsFailure.NotTls when IsRequired => $"{failed.Reason}, but tsp.peer.encryption is set to require",
        _ => failed.Reason,
    };

    /// <summary>Remembers the key of a tracker that has accepted this peer.</summary>
    public void Accepted(TrackerAddress tracker, KeyId? key)
    {
        if (key is { } shown && tracker.Security.Kind == TrackerSecurityKind.Automatic)
            Known.Remember(tracker, shown);
    }
}
