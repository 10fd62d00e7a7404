using TspActors.Configuration;
using TspActors.Media.Covers;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>Reads <see cref="HostingLimits"/> from the tsp.peer.hosting section.</summary>
internal static class HostingLimitsReader
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Reads the section and reports invalid values to <paramref name="section"/>.</summary>
    public static HostingLimits Read(SettingsReader section) => new()
    {
        MaxStreamsPerPeer = section.Int("max-streams-per-peer", 0, HostingLimit.Most),
        MaxStreamsPerAddress = section.Int("max-streams-per-address", 0, HostingLimit.Most),
        MaxUpload = section.Rate("max-upload", HostingLimits.LeastUpload, HostingLimit.MostUpload),
        MaxUploadPerStream = section.Rate("max-upload-per-stream", HostingLimits.LeastUpload, HostingLimit.MostUpload),
        UploadSchedule = ReadSchedule(section),
        UploadBurst = section.Duration("upload-burst", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
        MaxQueue = section.Int("max-queue", 0, HostingLimit.MostPlaces),
        MaxQueuePerAddress = section.Int("max-queue-per-address", 1, HostingLimit.MostPlaces),
        BusyRetryLongest = section.Duration("busy-retry-longest", TimeSpan.Zero, Longest),
        QueuePlaceGrace = section.Duration("queue-keep", TimeSpan.Zero, Longest),
        SlotHold = section.Duration("slot-hold", TimeSpan.Zero, Longest),
        MaxPlaysPerSecond = section.Int("max-plays-per-second", 0, 1_000),
        CoverMemory = section.Bytes("cover-memory", CoverImage.MaxBytes, 1L << 30),
        MaxEarlyRequests = section.Int("ignore-limit", 0, 1_000),
        IgnoreDelay = section.Duration("ignore-delay", TimeSpan.Zero, TimeSpan.FromMinutes(1)),
        IgnorePenalty = section.Duration("ignore-penalty", TimeSpan.Zero, Longest),
    };

    private static UploadSchedule ReadSchedule(SettingsReader section)
    {
        const string key = "upload-schedule";
        var texts = section.TextList(key, UploadSchedule.MaxEntries);
        if (UploadSchedule.Parse(texts, HostingLimits.LeastUpload, out var schedule) is { } fault)
            section.Reject(
                key, $"\"{texts[fault.Entry]}\" {fault.What}",
                "write entries that do not overlap, such as \"23:00-07:00 none\" or \"07:00-23:00 2 Mbit/s\"");
        return schedule;
    }
}
