using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>An event that <see cref="PlaybackMachine"/> handles.</summary>
internal abstract record PlaybackEvent
{
    /// <summary>
    /// The PlaybackActor received a command that changes playback or the queue. The reply goes to <paramref name="ReplyTo"/>.
    /// </summary>
    internal sealed record Commanded(object Command, object ReplyTo) : PlaybackEvent;

    /// <summary>A host has begun to send a track. Raised again after a seek, and when another host takes over.</summary>
    internal sealed record HostStarted(Track Track, Song Song, Host Host) : PlaybackEvent
    {
        /// <summary>The way to the host.</summary>
        public HostWay Way { get; init; } = HostWay.Direct.Instance;
    }

    /// <summary>The player has every byte of a track.</summary>
    internal sealed record FetchCompleted(Track Track) : PlaybackEvent;

    /// <summary>The rest of a track cannot be fetched.</summary>
    internal sealed record FetchFailed(Track Track, string Reason) : PlaybackEvent
    {
        /// <summary>Whether neither a tracker nor a host has replied about the song, in which case the network may be at fault.</summary>
        public bool IsUnreached { get; init; }
    }

    /// <summary>The player's state has been read again. The player may have moved on to the next song.</summary>
    internal sealed record PlayerRead : PlaybackEvent;

    /// <summary>The timer started by <see cref="PlaybackEffect.WatchEnd"/> has fired.</summary>
    internal sealed record WatchTicked : PlaybackEvent;

    /// <summary>A player has ended.</summary>
    /// <param name="Sound">The number from <see cref="PlaybackEffect.OpenSound"/>.</param>
    /// <param name="Failure">Why it ended early; null if it played everything.</param>
    internal sealed record SoundEnded(int Sound, string? Failure) : PlaybackEvent;

    /// <summary>The player has carried out <see cref="PlaybackEffect.RestartSound"/>.</summary>
    internal sealed record SoundRestarted(object? ReplyTo) : PlaybackEvent;

    /// <summary>
    /// The player had moved on to another song, or had ended, before <see cref="PlaybackEffect.RestartSound"/> reached it.
    /// </summary>
    internal sealed record RestartMissed(object? ReplyTo) : PlaybackEvent;

    /// <summary>The program is shutting down.</summary>
    internal sealed record ShuttingDown : PlaybackEvent;
}
