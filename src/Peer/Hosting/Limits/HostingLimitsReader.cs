using TspActors.Configuration;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>Reads the limits of hosting from the configuration.</summary>
internal static class HostingLimitsReader
{
    private const string Hosting = "tsp.peer.hosting.";

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Reads them; what is wrong is told to the reader.</summary>
    public static HostingLimits Read(SettingsReader reader) => new()
    {
        MaxStreamsPerPeer = reader.Int(Hosting + "max-streams-per-peer", 0, HostingLimit.Most),
        MaxStreamsPerAddress = reader.Int(Hosting + "max-streams-per-address", 0, HostingLimit.Most),
        MaxUpload = reader.Rate(Hosting + "max-upload", HostingLimits.LeastUpload, HostingLimit.MostUpload),
        MaxUploadPerStream = reader.Rate(Hosting + "max-upload-per-stream", HostingLimits.LeastUpload, HostingLimit.MostUpload),
        UploadSchedule = ReadSchedule(reader),
        UploadBurst = reader.Duration(Hosting + "upload-burst", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
        MaxQueue = reader.Int(Hosting + "max-queue", 0, HostingLimit.MostPlaces),
        MaxQueuePerAddress = reader.Int(Hosting + "max-queue-per-address", 1, HostingLimit.MostPlaces),
        BusyRetryLongest = reader.Duration(Hosting + "busy-retry-longest", TimeSpan.Zero, Longest),
        QueueKeep = reader.Duration(Hosting + "queue-keep", TimeSpan.Zero, Longest),
        SlotHold = reader.Duration(Hosting + "slot-hold", TimeSpan.Zero, Longest),
        MaxPlaysPerSecond = reader.Int(Hosting + "max-plays-per-second", 0, 1_000),
        IgnoreLimit = reader.Int(Hosting + "ignore-limit", 0, 1_000),
        IgnoreDelay = reader.Duration(Hosting + "ignore-delay", TimeSpan.Zero, TimeSpan.FromMinutes(1)),
        IgnorePenalty = reader.Duration(Hosting + "ignore-penalty", TimeSpan.Zero, Longest),
    };

    /// <summary>Checks what has to fit together.</summary>
    public static void CheckTogether(SettingsReader reader, HostingSettings hosting)
    {
        if (hosting.Limits.BusyRetryLongest < hosting.BusyRetryAfter)
            reader.Reject(Hosting + "busy-retry-longest", $"it is shorter than {Hosting}busy-retry-after", "write a longer time, or lower the other");
    }

    private static UploadSchedule ReadSchedule(SettingsReader reader)
    {
        const string key = Hosting + "upload-schedule";
        var texts = reader.TextList(key, UploadSchedule.MaxEntries);
        if (UploadSchedule.Parse(texts, HostingLimits.LeastUpload, out var schedule) is { } fault)
            reader.Reject($"{key}", $"\"{texts[fault.Entry]}\" {fault.What}", "write times that do not overlap and rates, such as \"23:00-07:00 none\" or \"07:00-23:00 2 Mbit/s\"");
        return schedule;
    }
}
