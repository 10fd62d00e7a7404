namespace TspActors.Playback;

/// <summary>How playback ended.</summary>
public abstract record PlaybackEnd
{
    private PlaybackEnd()
    {
    }

    /// <summary>Playback reached the end of the last song.</summary>
    public sealed record Finished : PlaybackEnd;

    /// <summary><see cref="SongPlayer.Stop"/> or <see cref="SongPlayer.Dispose"/> ended playback.</summary>
    public sealed record Stopped : PlaybackEnd;

    /// <summary>Playback could not start or continue. The reason is one line for the user.</summary>
    public sealed record Failed(string Reason) : PlaybackEnd;
}

/// <summary>The state of a <see cref="SongPlayer"/>.</summary>
public enum PlaybackState
{
    /// <summary>The player is waiting for enough of the song to arrive.</summary>
    Buffering,

    /// <summary>A song is playing.</summary>
    Playing,

    /// <summary>Playback was paused by <see cref="SongPlayer.Pause"/>.</summary>
    Paused,

    /// <summary>Playback has ended. <see cref="SongPlayer.Completion"/> reports how.</summary>
    Ended,
}
