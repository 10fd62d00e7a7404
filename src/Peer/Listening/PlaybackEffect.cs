namespace TspActors.Peer.Listening;

/// <summary>An action that <see cref="PlaybackMachine"/> requests. Effects are carried out in order.</summary>
internal abstract record PlaybackEffect
{
    /// <summary>Open a player whose first song is this track.</summary>
    /// <param name="Sound">A number that distinguishes this player from earlier ones.</param>
    /// <param name="First">The track.</param>
    internal sealed record OpenSound(int Sound, Track First) : PlaybackEffect;

    /// <summary>Close the player and its device.</summary>
    internal sealed record CloseSound : PlaybackEffect;

    /// <summary>Fetch a track from its current offset.</summary>
    internal sealed record Fetch(Track Track) : PlaybackEffect;

    /// <summary>Forget a track. If its fetch is still running, stop the fetch, which then sends STOP to the host.</summary>
    internal sealed record Release(Track Track) : PlaybackEffect;

    /// <summary>Tell the player that its newest song is complete.</summary>
    /// <param name="MoreFollows">Whether another song follows. If so, the player waits for it instead of ending.</param>
    internal sealed record EndSong(bool MoreFollows) : PlaybackEffect;

    /// <summary>Connect the next track's sink to the player.</summary>
    internal sealed record GiveToPlayer(Track Next) : PlaybackEffect;

    /// <summary>
    /// Drop everything that the player has not yet played, and fetch the current track from the given position. The result comes back
    /// immediately as <see cref="PlaybackEvent.SoundRestarted"/> or <see cref="PlaybackEvent.RestartMissed"/>.
    /// </summary>
    /// <param name="Current">The track, which must still be audible.</param>
    /// <param name="Position">The position in the track.</param>
    /// <param name="ReplyTo">The actor to name in the resulting event; null if nobody expects a reply.</param>
    internal sealed record RestartSound(Track Current, TimeSpan Position, object? ReplyTo) : PlaybackEffect;

    /// <summary>Pause or resume the player.</summary>
    internal sealed record SetPause(bool Paused) : PlaybackEffect;

    /// <summary>Start or stop sending <see cref="PlaybackEvent.WatchTicked"/> at intervals.</summary>
    internal sealed record WatchEnd(bool On) : PlaybackEffect;

    /// <summary>Reply to a command.</summary>
    internal sealed record Reply(object ReplyTo, object Message) : PlaybackEffect;

    /// <summary>Publish a message on the event stream.</summary>
    internal sealed record Publish(object Message) : PlaybackEffect;
}
