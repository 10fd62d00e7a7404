using TspActors.Peer.Listening;

namespace TspActors.Peer.Mpris;

/// <summary>Translates the methods of <c>org.mpris.MediaPlayer2.Player</c> into messages to the PlaybackActor.</summary>
internal static class MprisOrders
{
    /// <summary>Returns the messages for a method without arguments, in order; null if there is no such method.</summary>
    public static IReadOnlyList<object>? ForMethod(string method, PlaybackStatus status) => method switch
    {
        "Play" => Play(status),
        "Pause" => Pause(status),
        "PlayPause" => IsPlaying(status) ? Pause(status) : Play(status),
        "Stop" => Stop(status),
        "Next" => Skip(NextSong.Instance, status),
        "Previous" => Skip(PreviousSong.Instance, status),
        _ => null,
    };

    /// <summary>Returns the messages that move the position by an offset. A move past the end of the song skips to the next one.</summary>
    public static IReadOnlyList<object> Seek(long offsetUs, PlaybackStatus status)
    {
        if (DurationOf(status) is not { } duration)
            return [];
        var to = (decimal)Microseconds(status.Position) + offsetUs;
        if (to >= Microseconds(duration))
            return Skip(NextSong.Instance, status);
        return [new SeekTo(TimeSpan.FromMicroseconds((double)Math.Max(to, 0)))];
    }

    /// <summary>
    /// Returns the messages that set the position of a song; none if a different song is playing, or the song is not that long.
    /// </summary>
    public static IReadOnlyList<object> SetPosition(string track, long positionUs, PlaybackStatus status)
    {
        if (track != MprisState.TrackId(status) || DurationOf(status) is not { } duration
            || positionUs < 0 || positionUs >= Microseconds(duration))
            return [];
        return [new SeekTo(TimeSpan.FromMicroseconds(positionUs))];
    }

    /// <summary>Returns the messages that set a property; null if it cannot be set to this value.</summary>
    public static IReadOnlyList<object>? ForProperty(string property, object value) => (property, value) switch
    {
        ("Volume", double volume) when !double.IsNaN(volume) => [new SetVolume((int)Math.Round(Math.Clamp(volume, 0, 1) * 100))],
        ("LoopStatus", "None") => [new ChangeQueue(QueueChange.RepeatOff)],
        ("LoopStatus", "Track") => [new ChangeQueue(QueueChange.RepeatOne)],
        ("LoopStatus", "Playlist") => [new ChangeQueue(QueueChange.RepeatAll)],
        // The minimum and the maximum are both 1, and a client must not set a rate outside this range, so this does nothing.
        ("Rate", double) => [],
        _ => null,
    };

    /// <summary>Returns a time in microseconds, the unit that MPRIS uses.</summary>
    public static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;

    private static bool IsPlaying(PlaybackStatus status) => status is { IsIdle: false, Paused: false };

    private static TimeSpan? DurationOf(PlaybackStatus status) =>
        status.Song is { Live: false, Format: { } format } ? TimeSpan.FromMilliseconds(format.DurationMs) : null;

    private static IReadOnlyList<object> Play(PlaybackStatus status) =>
        status.Paused ? [new SetPaused(false)] : status is { IsIdle: true, Queue.Count: > 0 } ? [NextSong.Instance] : [];

    private static IReadOnlyList<object> Pause(PlaybackStatus status) => IsPlaying(status) ? [new SetPaused(true)] : [];

    // The specification says that Play after Stop restarts the same song, but the console's stop empties the queue, so the queue is
    // restored.
    private static IReadOnlyList<object> Stop(PlaybackStatus status) =>
        status.Current is { } current ? [StopPlaying.Instance, new RestoreQueue([current, .. status.Queue])] : [];

    // A paused player stays paused.
    private static IReadOnlyList<object> Skip(object skip, PlaybackStatus status) =>
        status.IsIdle ? [] : status.Paused ? [skip, new SetPaused(true)] : [skip];
}
