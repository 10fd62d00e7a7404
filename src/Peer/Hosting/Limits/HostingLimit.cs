using System.Globalization;
using TspActors.Configuration;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>A hosting limit that can be changed at run time: a tsp.peer.hosting.max-NAME setting.</summary>
/// <param name="Name">The name that users type.</param>
/// <param name="Meaning">A human-readable description of what the limit applies to.</param>
/// <param name="Rule">A human-readable description of the values that the limit accepts.</param>
/// <param name="Show">Returns the limit's value in the given settings.</param>
/// <param name="Change">Returns the settings with a new value; null when the value is invalid.</param>
internal sealed record HostingLimit(
    string Name, string Meaning, string Rule, Func<HostingSettings, string> Show, Func<HostingSettings, string, HostingSettings?> Change)
{
    /// <summary>The word that resets a limit to its configured value.</summary>
    public const string Configured = "default";

    private const string Section = "tsp.peer.hosting.";

    /// <summary>The highest value of a limit that is a count.</summary>
    public const int Most = 1_000_000;

    /// <summary>The highest number of places in the queue.</summary>
    public const int MostPlaces = 10_000;

    /// <summary>The highest value of a limit that is a rate.</summary>
    public static Rate MostUpload { get; } = new(125_000_000_000);

    /// <summary>All limits.</summary>
    public static IReadOnlyList<HostingLimit> All { get; } =
    [
        Count(
            "streams", "streams at the same time", settings => settings.MaxStreams,
            (settings, value) => settings with { MaxStreams = value }),
        Count("streams-per-peer", "streams to one peer", settings => settings.Limits.MaxStreamsPerPeer,
            (settings, value) => settings with { Limits = settings.Limits with { MaxStreamsPerPeer = value } }),
        Count("streams-per-address", "streams to one address", settings => settings.Limits.MaxStreamsPerAddress,
            (settings, value) => settings with { Limits = settings.Limits with { MaxStreamsPerAddress = value } }),
        // A limit set by hand applies at any time of day, so setting it clears the schedule.
        Upload("upload", "upload of all streams", settings => settings.Limits.MaxUpload,
            (settings, value) => settings with { Limits = settings.Limits with { MaxUpload = value,
                UploadSchedule = UploadSchedule.Empty } }),
        Upload("upload-per-stream", "upload of one stream", settings => settings.Limits.MaxUploadPerStream,
            (settings, value) => settings with { Limits = settings.Limits with { MaxUploadPerStream = value } }),
        Count("queue", "places in the queue (0 = no queue)", settings => settings.Limits.MaxQueue,
            (settings, value) => settings with { Limits = settings.Limits with { MaxQueue = value } }, zero: "0", most: MostPlaces),
    ];

    /// <summary>Returns the limit with this name, which may begin with max- and may be in the plural; null when there is none.</summary>
    public static HostingLimit? Find(string name)
    {
        var bare = name.StartsWith("max-", StringComparison.Ordinal) ? name[4..] : name;
        return All.FirstOrDefault(limit => limit.Name == bare) ?? All.FirstOrDefault(limit => limit.Name + "s" == bare);
    }

    /// <summary>Returns true if a configuration key sets one of these limits.</summary>
    public static bool IsKey(string key) =>
        key == Section + "upload-schedule" || All.Any(limit => key == $"{Section}max-{limit.Name}");

    /// <summary>Returns the settings with every limit set as in <paramref name="other"/>.</summary>
    public static HostingSettings RestoreAll(HostingSettings settings, HostingSettings other) =>
        All.Aggregate(settings, (restored, limit) => limit.Restore(restored, other));

    /// <summary>Returns the settings with this limit set as in <paramref name="other"/>.</summary>
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
        new(name, meaning, $"a rate of at least {HostingLimits.LeastUpload}, such as 10 Mbit/s or 500 kB/s, or none",
            settings => get(settings).ToString(),
            (settings, text) => Rate.TryParse(text, out var rate) && (rate.IsNone || IsLegal(rate)) ? set(settings, rate) : null);

    private static bool IsLegal(Rate rate) =>
        rate.BytesPerSecond >= HostingLimits.LeastUpload.BytesPerSecond && rate.BytesPerSecond <= MostUpload.BytesPerSecond;
}
