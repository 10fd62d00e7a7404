namespace TspActors.Playback;

/// <summary>How the playback of a song ended.</summary>
public abstract record PlaybackEnd
{
    private PlaybackEnd()
    {
    }

    /// <summary>The song played to its end.</summary>
    public sealed record Finished : PlaybackEnd;

    /// <summary><see cref="SongPlayer.Stop"/> or <see cref="SongPlayer.Dispose"/> ended playback.</summary>
    public sealed record Stopped : PlaybackEnd;

    /// <summary>The song could not be played. The reason is one line for the user.</summary>
    public sealed record Failed(string Reason) : PlaybackEnd;
}

/// <summary>What a <see cref="SongPlayer"/> is doing.</summary>
public enum PlaybackState
{
    /// <summary>Waiting for enough of the song to arrive.</summary>
    Buffering,

    /// <summary>Playing.</summary>
    Playing,

    /// <summary>Paused by <see cref="SongPlayer.Pause"/>.</summary>
    Paused,

    /// <summary>Ended. <see cref="SongPlayer.Completion"/> says how.</summary>
    Ended,
}
