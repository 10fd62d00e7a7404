using System.Net;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Reaching;

/// <summary>Decides which calls a host answers by connecting to the requester.</summary>
/// <param name="security">Which requesters the host serves.</param>
/// <param name="songs">The shared songs.</param>
/// <param name="identity">The host's TLS identity; null = it speaks plain TSP only.</param>
internal sealed class CallBackRules(HostSecurity security, OwnSongsCell songs, TlsIdentity? identity)
{
    /// <summary>The maximum number of requesters that the host dials at the same time.</summary>
    public const int MaxDials = 8;

    /// <summary>
    /// The maximum number of requesters that the host dials within a minute: as many as an honest tracker asks for. Without this limit, a
    /// malicious tracker could quickly try many addresses and ports in the host's network.
    /// </summary>
    public const int MaxDialsPerMinute = 30;

    /// <summary>The maximum number of open connections that the host itself has initiated.</summary>
    public const int MaxOpen = 64;

    /// <summary>The maximum number of such connections to one requester, counting only those that carry no stream.</summary>
    public const int MaxWithoutStreamOfRequester = 4;

    /// <summary>The maximum number of such connections to one address (one IPv6 /64), counting only those that carry no stream.</summary>
    public const int MaxWithoutStreamOfAddress = 16;

    private const uint RetryAfterMs = 2_000;

    /// <summary>
    /// Returns everything that the host needs to answer a call: the song, the endpoint and the TLS client; null if the call is refused.
    /// </summary>
    /// <param name="received">The call.</param>
    /// <param name="refusal">Why the call is refused.</param>
    public CallBack? Accept(CallReceived received, out Call refusal)
    {
        var call = received.Call;
        var requester = new PeerId(call.PeerId.Span);
        refusal = new Call { Code = ErrorCode.Forbidden };
        if (call.Way is not (CallWay.Back or CallWay.Relay))
        {
            refusal = Because(ErrorCode.Unsupported, $"this host does not support the call way {call.Way}");
            return null;
        }

        if (!received.IsPermitted || !IPEndPoint.TryParse(call.Endpoint, out var endpoint) || endpoint.Port == 0)
        {
            refusal = Because(ErrorCode.Forbidden, "the tracker named an endpoint that this host does not connect to");
            return null;
        }

        if (call.Way == CallWay.Relay && (identity is null || !call.Secure || call.RelayTicket.IsEmpty))
        {
            refusal = Because(ErrorCode.Forbidden, "to use a relay, this host needs a ticket and a requester that speaks TLS");
            return null;
        }

        if (songs.Current.Find(received.SongId) is not { } song)
        {
            refusal = Because(ErrorCode.UnknownSong, $"this host has no song {received.SongId}");
            return null;
        }

        if (security.RequiresTls && !call.Secure)
        {
            refusal = Because(ErrorCode.Unauthenticated, "this host accepts only TLS");
            return null;
        }

        var key = call.Secure ? new KeyId(call.PeerId.Span) : (KeyId?)null;
        if (security.Listeners?.Permits(key, out var reason) == false)
        {
            refusal = Because(ErrorCode.Forbidden, reason);
            return null;
        }

        var tls = identity is not null && key is { } pin ? TlsClient.Pinned(identity, pin) : null;
        return new CallBack(call, song, requester, endpoint, tls)
        {
            Ticket = call.Way == CallWay.Relay ? new RelayTicket(call.RelayTicket.Span) : null,
        };
    }

    /// <summary>Returns a refusal after which the requester may soon call again.</summary>
    public static Call Busy(string reason) => new() { Code = ErrorCode.Busy, Refusal = reason, RetryAfterMs = RetryAfterMs };

    /// <summary>Returns a refusal with a code and a reason.</summary>
    public static Call Because(ErrorCode code, string reason) => new() { Code = code, Refusal = reason };
}

/// <summary>A call that a host answers.</summary>
/// <param name="Call">The call.</param>
/// <param name="Song">The song.</param>
/// <param name="Requester">The requester.</param>
/// <param name="EndPoint">The endpoint that the host connects to.</param>
/// <param name="Tls">The TLS client for the connection; it requires the requester to prove its key. Null = plain.</param>
internal sealed record CallBack(Call Call, OwnSong Song, PeerId Requester, IPEndPoint EndPoint, TlsClient? Tls)
{
    /// <summary>The ticket to show at the relay to which the host connects; null = it connects to the requester itself.</summary>
    public RelayTicket? Ticket { get; init; }

    /// <summary>The requester's address, normalised for limits; null if a relay hides it.</summary>
    public IPAddress? RequesterAddress => Ticket is null ? CountedAddress.From(EndPoint.Address) : null;
}
