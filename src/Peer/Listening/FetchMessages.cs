using Akka.Actor;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>An order to a SongFetchActor: fetch one song into one sink.</summary>
/// <param name="Id">The song's id.</param>
/// <param name="Offset">The first payload byte to fetch.</param>
/// <param name="Pace">Whether the host sends in real time or at full speed.</param>
/// <param name="Sink">The destination of the bytes.</param>
/// <param name="Requester">The peer that asks the hosts.</param>
/// <param name="Own">How this peer reaches its own host, whose public address might not be reachable from here; null if this peer hosts
///   nothing.</param>
/// <param name="Known">Knowledge about the song's hosts from an earlier fetch.</param>
internal sealed record FetchOrder(int Id, long Offset, Pace Pace, ISongSink Sink, Requester Requester, OwnHost? Own, KnownHosts Known)
{
    /// <summary>The content hash that the song must have; empty = any. A tracker that has restarted may assign the same id to a
    /// different song.</summary>
    public ContentHash Expected { get; init; }

    /// <summary>Whether the song may be a live feed, which has no known end.</summary>
    public bool AcceptsLive { get; init; }

    /// <summary>Whether this peer passes the live feed on to others.</summary>
    public bool IsRelayed { get; init; }

    /// <summary>The LiveFeedsActor, which may pass the live feed on and share its audio; Nobody if the audio comes from hosts.</summary>
    public IActorRef Relays { get; init; } = ActorRefs.Nobody;
}

/// <summary>The address that this peer uses to reach its own host.</summary>
internal sealed record OwnHost(PeerId Peer, string Address, int Port)
{
    /// <summary>Returns whether a host is this peer.</summary>
    public bool Is(Host host) => new PeerId(host.PeerId.Span) == Peer;

    /// <summary>Returns the host with its local address if it is this peer. Returns any other host unchanged.</summary>
    public Host Localize(Host host) =>
        Is(host) ? new Host(host) { Address = Address, Port = (uint)Port } : host;
}

/// <summary>To a SongFetchActor: continue at the given byte, with a new sink.</summary>
internal sealed record SeekWithin(long Offset, ISongSink Sink) : ILocalMessage;

/// <summary>To a SongFetchActor, and from it to its receivers: send STOP to the host and stop, without notifying the owner.</summary>
internal sealed record StopFetch : ILocalMessage
{
    public static readonly StopFetch Instance = new();
}

/// <summary>From a SongFetchActor: a host has begun to send the song. Sent again after a seek, and when another host takes over.</summary>
/// <param name="Song">The song.</param>
/// <param name="Host">The host.</param>
/// <param name="Known">Everything learned about the song's hosts so far.</param>
/// <param name="Way">The way to the host.</param>
internal sealed record FetchStarted(Song Song, Host Host, KnownHosts Known, HostWay Way) : ILocalMessage
{
    /// <summary>The host's description of the live feed; null for a song.</summary>
    public LiveStart? Live { get; init; }
}

/// <summary>From a SongFetchActor: a chunk of a live feed has arrived and been verified, and is on its way to the sink.</summary>
internal sealed record ChunkHeard(FeedChunk Chunk) : ILocalMessage;

/// <summary>
/// From a SongFetchActor: a notice for the user while the fetch continues, for example about a lost host and its replacement.
/// </summary>
internal sealed record FetchNotice(string Text) : ILocalMessage;

/// <summary>From a SongFetchActor, which then stops: the sink has the complete song, and every piece is verified.</summary>
/// <param name="Song">The song.</param>
/// <param name="Sink">The sink that the fetch used last. This is not the newest sink if a seek came too late.</param>
internal sealed record FetchCompleted(Song Song, ISongSink Sink) : ILocalMessage;

/// <summary>From a SongFetchActor, which then stops: the song could not be fetched.</summary>
/// <param name="Reason">The human-readable reason.</param>
/// <param name="Sink">As in <see cref="FetchCompleted"/>.</param>
internal sealed record FetchFailed(string Reason, ISongSink Sink) : ILocalMessage
{
    /// <summary>The last error from the tracker or a host; null if there was none.</summary>
    public Error? Error { get; init; }

    /// <summary>Whether no tracker could be asked.</summary>
    public bool IsTrackerUnavailable { get; init; }

    /// <summary>Whether no host could be reached, or no tracker could be asked.</summary>
    public bool IsUnreached { get; init; }
}
