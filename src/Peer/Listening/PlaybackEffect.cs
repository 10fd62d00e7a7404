namespace TspActors.Peer.Listening;

/// <summary>Something that a <see cref="PlaybackMachine"/> wants done, in the order it asks for it.</summary>
internal abstract record PlaybackEffect
{
    /// <summary>Open a player whose first song is this track.</summary>
    /// <param name="Sound">Tells this player from earlier ones.</param>
    /// <param name="First">The track.</param>
    internal sealed record OpenSound(int Sound, Track First) : PlaybackEffect;

    /// <summary>Close the player and its device.</summary>
    internal sealed record CloseSound : PlaybackEffect;

    /// <summary>Fetch a track from its beginning.</summary>
    internal sealed record Fetch(Track Track) : PlaybackEffect;

    /// <summary>A track is no longer wanted: stop its fetch, if there still is one, and tell its host.</summary>
    internal sealed record Release(Track Track) : PlaybackEffect;

    /// <summary>Tell the player that it has been given the whole of its newest song.</summary>
    /// <param name="MoreFollows">Another song follows: the player waits for it instead of ending.</param>
    internal sealed record EndSong(bool MoreFollows) : PlaybackEffect;

    /// <summary>Let the bytes of the next track into the player.</summary>
    internal sealed record GiveToPlayer(Track Next) : PlaybackEffect;

    /// <summary>
    /// Make the player forget what is not heard yet, and fetch the current track from another position. Leads to
    /// <see cref="PlaybackEvent.SoundRestarted"/> or <see cref="PlaybackEvent.RestartMissed"/> at once.
    /// </summary>
    /// <param name="Current">The track that must still be the one that is heard.</param>
    /// <param name="Position">The position.</param>
    /// <param name="Asker">Comes back with the result; null when nobody expects a reply.</param>
    internal sealed record RestartSound(Track Current, TimeSpan Position, object? Asker) : PlaybackEffect;

    /// <summary>Hold the sound, or go on with it.</summary>
    internal sealed record SetPause(bool Paused) : PlaybackEffect;

    /// <summary>Send <see cref="PlaybackEvent.WatchTicked"/> at intervals, or stop sending it.</summary>
    internal sealed record WatchEnd(bool On) : PlaybackEffect;

    /// <summary>Reply to a command.</summary>
    internal sealed record Reply(object Asker, object Message) : PlaybackEffect;

    /// <summary>Publish on the event stream.</summary>
    internal sealed record Publish(object Message) : PlaybackEffect;
}
