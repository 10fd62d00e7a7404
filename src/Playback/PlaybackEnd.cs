namespace TspActors.Playback;

/// <summary>How a song's playing ended.</summary>
public abstract record PlaybackEnd
{
    private PlaybackEnd()
    {
    }

    /// <summary>Heard to its end.</summary>
    public sealed record Finished : PlaybackEnd;

    /// <summary>Ended by <see cref="SongPlayer.Stop"/> or <see cref="SongPlayer.Dispose"/>.</summary>
    public sealed record Stopped : PlaybackEnd;

    /// <summary>It could not be played; the reason is one line for a person.</summary>
    public sealed record Failed(string Reason) : PlaybackEnd;
}

/// <summary>What a <see cref="SongPlayer"/> is doing.</summary>
public enum PlaybackState
{
    /// <summary>Waiting for enough of the song.</summary>
    Buffering,

    /// <summary>Sound is coming out.</summary>
    Playing,

    /// <summary>Held by <see cref="SongPlayer.Pause"/>.</summary>
    Paused,

    /// <summary>Over; <see cref="SongPlayer.Completion"/> tells how.</summary>
    Ended,
}
