using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>Something that a <see cref="PlaybackMachine"/> reacts to.</summary>
internal abstract record PlaybackEvent
{
    /// <summary>Somebody sent one of the commands in PlaybackMessages.cs and expects its reply.</summary>
    internal sealed record Commanded(object Command, object Asker) : PlaybackEvent;

    /// <summary>A host has begun to send a track: the first host, or another one in its place.</summary>
    internal sealed record HostStarted(Track Track, Song Song, Host Host) : PlaybackEvent;

    /// <summary>Every byte of a track is with the player.</summary>
    internal sealed record FetchCompleted(Track Track) : PlaybackEvent;

    /// <summary>A track cannot be fetched to its end.</summary>
    internal sealed record FetchFailed(Track Track, string Reason) : PlaybackEvent;

    /// <summary>The player was read, which alone may show that it has gone on to the next song.</summary>
    internal sealed record PlayerRead : PlaybackEvent;

    /// <summary>The interval of <see cref="NextSongPolicy.Interval"/> has passed while the song's end is watched.</summary>
    internal sealed record WatchTicked : PlaybackEvent;

    /// <summary>A player has ended.</summary>
    /// <param name="Sound">As in <see cref="PlaybackEffect.OpenSound"/>.</param>
    /// <param name="Failure">Why it ended early; null when it played everything.</param>
    internal sealed record SoundEnded(int Sound, string? Failure) : PlaybackEvent;

    /// <summary>The player has done what <see cref="PlaybackEffect.RestartSound"/> asked for.</summary>
    internal sealed record SoundRestarted(object? Asker) : PlaybackEvent;

    /// <summary>
    /// The player had gone on to another song, or had ended, before <see cref="PlaybackEffect.RestartSound"/> reached it.
    /// </summary>
    internal sealed record RestartMissed(object? Asker) : PlaybackEvent;

    /// <summary>The program goes down.</summary>
    internal sealed record ShuttingDown : PlaybackEvent;
}
