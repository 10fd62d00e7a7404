using TspActors.Gateway.Swarm;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Serving;

/// <summary>Translates between the gateway's loudspeaker messages and those of the PlaybackActor.</summary>
internal static class SpeakerOrders
{
    /// <summary>The maximum number of songs in one order.</summary>
    public const int MaxSongs = 1_000;

    /// <summary>Returns the message for the PlaybackActor; null if the order is not valid.</summary>
    public static object? ToPlayback(ControlSpeaker order) => order.Command switch
    {
        SpeakerCommand.Play when SongsOf(order) is { Count: > 0 } songs => new PlayNow(songs),
        SpeakerCommand.Enqueue when SongsOf(order) is { Count: > 0 } songs => new Enqueue(songs),
        SpeakerCommand.Pause => new SetPaused(true),
        SpeakerCommand.Resume => new SetPaused(false),
        SpeakerCommand.Next => NextSong.Instance,
        SpeakerCommand.Stop => StopPlaying.Instance,
        SpeakerCommand.Seek when order.Value is >= 0 and <= int.MaxValue => new SeekTo(TimeSpan.FromMilliseconds(order.Value)),
        SpeakerCommand.Volume when order.Value is >= 0 and <= 100 => new SetVolume((int)order.Value),
        SpeakerCommand.Shuffle => new ChangeQueue(QueueChange.Shuffle),
        SpeakerCommand.RepeatOff => new ChangeQueue(QueueChange.RepeatOff),
        SpeakerCommand.RepeatOne => new ChangeQueue(QueueChange.RepeatOne),
        SpeakerCommand.RepeatAll => new ChangeQueue(QueueChange.RepeatAll),
        _ => null,
    };

    /// <summary>Returns the reply for the gateway.</summary>
    public static SpeakerReply ToReply(object playbackReply) => playbackReply switch
    {
        PlaybackStarted started => new SpeakerReply(true, $"playing from {started.Host.Name}"),
        PlaybackDone done => new SpeakerReply(true, done.Text),
        PlaybackRefused refused => new SpeakerReply(false, refused.Reason),
        _ => new SpeakerReply(false, "the player sent an unexpected reply"),
    };

    /// <summary>Returns the state for the gateway.</summary>
    public static SpeakerState ToState(PlaybackStatus status) => new(
        true, status.Song?.Id ?? 0, status.Song?.Tags?.Title ?? "", status.Song?.Tags?.Artist ?? "", status.Host?.Name ?? "",
        (long)status.Position.TotalMilliseconds, status.Song?.Format?.DurationMs ?? 0, status.Paused, status.Volume,
        status.Repeat switch { RepeatMode.One => "one", RepeatMode.All => "all", _ => "off" },
        [.. status.Queue.Take(MaxSongs).Select(song => new SpeakerSong(song.Id, song.Title))]);

    /// <summary>The state of a peer that cannot play.</summary>
    public static SpeakerState None { get; } = new(false, 0, "", "", "", 0, 0, false, 0, "off", []);

    private static List<QueuedSong> SongsOf(ControlSpeaker order) =>
        [.. order.Songs.Take(MaxSongs).Where(song => song.SongId > 0).Select(song => new QueuedSong(song.SongId, song.Title))];
}
