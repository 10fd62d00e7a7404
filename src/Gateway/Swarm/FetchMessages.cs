using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Gateway.Swarm;

/// <summary>
/// To the peer: fetch a song from any of its hosts, and continue with another host when one fails. The reply is
/// <see cref="FetchRunning"/> or <see cref="FetchRefused"/>.
/// </summary>
/// <param name="SongId">The tracker's id for the song.</param>
/// <param name="Offset">The first payload byte.</param>
/// <param name="IsRealTime">Whether the host sends in real time after an initial burst; otherwise it sends as fast as it can.</param>
/// <param name="Receiver">The destination of the bytes.</param>
public sealed record FetchSong(int SongId, long Offset, bool IsRealTime, ISongReceiver Receiver) : ILocalMessage
{
    /// <summary>The content hash that the song must have, because the tracker may have reassigned the id; empty = any.</summary>
    public ContentHash Hash { get; init; }
}

/// <summary>Reply: the song is being fetched.</summary>
/// <param name="Fetch">The actor that accepts <see cref="StopFetching"/>.</param>
public sealed record FetchRunning(IActorRef Fetch) : ILocalMessage;

/// <summary>Reply: the song will not be fetched.</summary>
/// <param name="Fault">The reason.</param>
public sealed record FetchRefused(FetchFault Fault) : ILocalMessage;

/// <summary>To the actor of a fetch: stop, and release the host. The receiver is not called again.</summary>
public sealed record StopFetching : ILocalMessage
{
    /// <summary>The only instance.</summary>
    public static readonly StopFetching Instance = new();
}

/// <summary>
/// The destination of a fetched song. The calls come from other threads, one at a time. Only <see cref="Failed"/> may be called while a
/// write is in progress; the write is then cancelled.
/// </summary>
public interface ISongReceiver
{
    /// <summary>Reports that a host has started sending, or that another host has taken over.</summary>
    /// <param name="host">The name of the host, chosen by its owner.</param>
    /// <param name="way">The way to the host, in words.</param>
    void Started(string host, string way);

    /// <summary>Reports something that the listener may want to know while the fetch continues.</summary>
    /// <param name="text">The human-readable text.</param>
    void Notice(string text);

    /// <summary>Accepts the next bytes, all of them verified. The host waits until the write has completed.</summary>
    /// <param name="bytes">The bytes. They never change, so they may be kept.</param>
    /// <param name="cancellation">Cancelled when the fetch ends.</param>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Reports that every byte of the song has been written.</summary>
    void Completed();

    /// <summary>Reports that the fetch has ended early.</summary>
    void Failed(FetchFault fault);
}

/// <summary>Why a song could not be fetched.</summary>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Reason">The human-readable reason.</param>
/// <param name="RetryAfter">How long to wait before trying again; null = unknown.</param>
public sealed record FetchFault(FetchFaultKind Kind, string Reason, TimeSpan? RetryAfter = null);

/// <summary>The kinds of <see cref="FetchFault"/>.</summary>
public enum FetchFaultKind
{
    /// <summary>The hosts failed or sent wrong bytes.</summary>
    HostsFailed,

    /// <summary>No host of the song is online.</summary>
    NoHost,

    /// <summary>All hosts of the song are busy.</summary>
    Busy,

    /// <summary>There was no tracker to ask.</summary>
    NoTracker,

    /// <summary>This gateway's limits do not allow another fetch now.</summary>
    TooMany,
}
