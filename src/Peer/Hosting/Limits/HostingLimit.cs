using System.Globalization;
using TspActors.Configuration;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>A limit of the host that can be changed while it runs: the setting tsp.peer.hosting.max-NAME.</summary>
/// <param name="Name">As it is typed.</param>
/// <param name="Meaning">For people.</param>
/// <param name="Rule">What can be written.</param>
/// <param name="Show">Its value in these settings.</param>
/// <param name="Change">The settings with another value; null when that is none.</param>
internal sealed record HostingLimit(
    string Name, string Meaning, string Rule, Func<HostingSettings, string> Show, Func<HostingSettings, string, HostingSettings?> Change)
{
    /// <summary>The word that takes a limit back to what is configured.</summary>
    public const string Configured = "default";

    private const string Section = "tsp.peer.hosting.";

    /// <summary>The largest number a limit can be.</summary>
    public const int Most = 1_000_000;

    /// <summary>The largest number of places in the queue.</summary>
    public const int MostPlaces = 10_000;

    /// <summary>The largest rate a limit can be.</summary>
    public static Rate MostUpload { get; } = new(125_000_000_000);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HostingLimit> All { get; } =
    [
        Count(
            "streams", "streams at the same time", settings => settings.MaxStreams,
            (settings, value) => settings with { MaxStreams = value }),
        Count("streams-per-peer", "streams of one peer", settings => settings.Limits.MaxStreamsPerPeer,
            (settings, value) => settings with { Limits = settings.Limits with { MaxStreamsPerPeer = value } }),
        Count("streams-per-address", "streams to one address", settings => settings.Limits.MaxStreamsPerAddress,
            (settings, value) => settings with { Limits = settings.Limits with { MaxStreamsPerAddress = value } }),
        // What is set by hand holds at any time of day.
        Upload("upload", "upload of all streams", settings => settings.Limits.MaxUpload,
            (settings, value) => settings with { Limits = settings.Limits with { MaxUpload = value,
                UploadSchedule = UploadSchedule.Empty } }),
        Upload("upload-per-stream", "upload of one stream", settings => settings.Limits.MaxUploadPerStream,
            (settings, value) => settings with { Limits = settings.Limits with { MaxUploadPerStream = value } }),
        Count("queue", "places in the queue (0 = no queue)", settings => settings.Limits.MaxQueue,
            (settings, value) => settings with { Limits = settings.Limits with { MaxQueue = value } }, zero: "0", most: MostPlaces),
    ];

    /// <summary>The limit of that name, also where it is written as its key or in the plural; null where there is none.</summary>
    public static HostingLimit? Find(string name)
    {
        var bare = name.StartsWith("max-", StringComparison.Ordinal) ? name[4..] : name;
        return All.FirstOrDefault(limit => limit.Name == bare) ?? All.FirstOrDefault(limit => limit.Name + "s" == bare);
    }

    /// <summary>Returns whether a key of the configuration holds one of these limits.</summary>
    public static bool IsKey(string key) =>
        key == Section + "upload-schedule" || All.Any(limit => key == $"{Section}max-{limit.Name}");

    /// <summary>Returns these settings with every limit as it is in <paramref name="other"/>.</summary>
    public static HostingSettings RestoreAll(HostingSettings settings, HostingSettings other) =>
        All.Aggregate(settings, (restored, limit) => limit.Restore(restored, other));

    /// <summary>These settings with the limit as it is in <paramref name="other"/>.</summary>
    public HostingSettings Restore(HostingSettings settings, HostingSettings other)
    {
        if (Name != "upload")
            return Change(settings, Show(other))!;
        var limits = settings.Limits with { MaxUpload = other.Limits.MaxUpload, UploadSchedule = other.Limits.UploadSchedule };
        return settings with { Limits = limits };
    }

    private static HostingLimit Count(
        string name, string meaning, Func<HostingSettings, int> get, Func<HostingSettings, int, HostingSettings> set, string zero = "none",
        int most = Most) =>
        new(name, meaning, zero == "none" ? $"a whole number from 1 to {most}, or none" : $"a whole number from 0 to {most}",
            settings => get(settings) is var value && value == 0 ? zero : value.ToString(CultureInfo.InvariantCulture),
            (settings, text) => text == zero || text == "0" ? set(settings, 0)
                : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= most
                    ? set(settings, value)
                    : null);

    private static HostingLimit Upload(
        string name, string meaning, Func<HostingSettings, Rate> get, Func<HostingSettings, Rate, HostingSettings> set) =>
        new(name, meaning, $"a rate from {HostingLimits.LeastUpload} on, such as 10 Mbit/s or 500 kB/s, or none",
            settings => get(settings).ToString(),
            (settings, text) => Rate.TryParse(text, out var rate) && (rate.IsNone || IsLegal(rate)) ? set(settings, rate) : null);

    private static bool IsLegal(Rate rate) =>
        rate.BytesPerSecond >= HostingLimits.LeastUpload.BytesPerSecond && rate.BytesPerSecond <= MostUpload.BytesPerSecond;
}
