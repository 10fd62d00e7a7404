using TspActors.Configuration;
using TspActors.Peer.Saving;

namespace TspActors.Peer.Listening;

/// <summary>Reads <see cref="ListeningSettings"/> from the tsp.peer.listening section.</summary>
internal static class ListeningSettingsReader
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestCrossfade = TimeSpan.FromSeconds(12);

    /// <summary>Reads the section.</summary>
    public static ListeningSettings Read(SettingsReader section) => new()
    {
        ConnectTimeout = section.Duration("connect-timeout", Shortest, Longest),
        FirstByteTimeout = section.Duration("first-byte-timeout", Shortest, Longest),
        HostsAtOnce = section.Int("hosts-at-once", 1, 16),
        NextHostAfter = section.Duration("next-host-after", Shortest, Longest),
        SilenceTimeout = section.Duration("silence-timeout", Shortest, Longest),
        SlowHostTimeout = section.Duration("slow-host-timeout", Shortest, Longest),
        MinSilenceTimeout = section.Duration("min-silence-timeout", Shortest, Longest),
        BusyTimeout = section.Duration("busy-timeout", TimeSpan.Zero, Longest),
        Rounds = section.Int("rounds", 1, 1_000),
        RoundDelay = section.Duration("round-delay", TimeSpan.Zero, Longest),
        MaxQueue = section.Int("max-queue", 1, 1_000_000),
        KeepQueue = section.Bool("keep-queue"),
        KeepHistory = section.Int("keep-history", 0, 10_000),
        PlayerBufferBytes = (int)section.Bytes("player-buffer", 64 * 1024, 256 * 1024 * 1024),
        PlayerBufferTime = section.Duration("player-buffer-time", TimeSpan.FromSeconds(1), Longest),
        StartThreshold = section.Duration("start-threshold", Shortest, TimeSpan.FromSeconds(10)),
        AudioDevice = section.Text("audio-device"),
        MediaKeys = section.OneOf("media-keys", "auto", "off") == "auto",
        DeviceBuffer = section.Duration("device-buffer", Shortest, TimeSpan.FromSeconds(10)),
        DeviceRetry = section.Duration("device-retry", TimeSpan.FromMilliseconds(100), Longest),
        DeviceTimeout = section.Duration("device-timeout", TimeSpan.FromMilliseconds(100), Longest),
        ReplayGain = section.OneOf("replay-gain", "off", "track", "album") switch
        {
            "off" => ReplayGainMode.Off,
            "album" => ReplayGainMode.Album,
            _ => ReplayGainMode.Track,
        },
        Crossfade = section.Duration("crossfade", TimeSpan.Zero, LongestCrossfade),
        Prefetch = section.Duration("prefetch", Shortest, Longest),
        SaveFolder = section.Text("save-folder"),
        SavePattern = ReadPattern(section),
        MaxSaves = section.Int("max-saves", 1, 100),
    };

    private static string ReadPattern(SettingsReader section)
    {
        try
        {
            return SavePattern.Parse(section.Text("save-pattern")).Text;
        }
        catch (FormatException error)
        {
            section.Reject("save-pattern", error.Message, $"write a pattern such as \"{SavePattern.Default.Text}\"");
            return SavePattern.Default.Text;
        }
    }
}
