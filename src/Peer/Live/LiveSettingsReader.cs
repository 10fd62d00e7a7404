using System.Collections.Immutable;
using TspActors.Configuration;
using TspActors.Peer.Live.Sources;

namespace TspActors.Peer.Live;

/// <summary>Reads <see cref="LiveSettings"/> from the tsp.peer.live section.</summary>
internal static class LiveSettingsReader
{
    private const int MaxFeeds = 32;
    private const int MaxPassword = 100;

    // How much more than the burst must be held for listeners that have fallen behind.
    private static readonly TimeSpan LeastReserve = TimeSpan.FromSeconds(5);

    /// <summary>The format of an entry in the list of feeds.</summary>
    public static EntryForm FeedForm { get; } = new(
        "tsp.peer.live.feeds",
        ["name", "source", "password", "fallback", "hold", "max-listeners", "low-delay", "jingles", "jingle-every", "order"], ["password"]);

    public static LiveSettings Read(SettingsReader reader)
    {
        var settings = new LiveSettings
        {
            Feeds = ReadFeeds(reader),
            Password = reader.SecretOrFile("password", "password-file", MaxPassword) ?? "",
            SourceAddress = ListenAddress.IsAll(reader, "source-address")
                ? ListenAddress.All
                : ListenAddress.Read(reader, "source-address").ToString(),
            Burst = reader.Duration("burst", TimeSpan.Zero, TimeSpan.FromSeconds(30)),
            Held = reader.Duration("held", TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10)),
            Chunk = reader.Duration("chunk", TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2)),
            LowDelayChunk = reader.Duration("low-delay-chunk", TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500)),
            LowDelayBurst = reader.Duration("low-delay-burst", TimeSpan.Zero, TimeSpan.FromSeconds(10)),
            SourceTimeout = reader.Duration("source-timeout", TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10)),
            Relay = reader.Bool("relay"),
        };
        if (settings.Burst + LeastReserve > settings.Held)
            reader.Reject("burst", "it leaves less than 5s of tsp.peer.live.held for listeners that have fallen behind", "lower it, or raise held");
        return settings;
    }

    private static ImmutableArray<FeedSettings> ReadFeeds(SettingsReader reader)
    {
        var feeds = new List<FeedSettings>();
        foreach (var entry in reader.Entries("feeds", MaxFeeds))
        {
            if (ReadFeed(entry) is not { } feed)
                continue;
            if (FindClash(feed, feeds) is { } clash)
                entry.Reject("", clash.What, clash.Remedy);
            else
                feeds.Add(feed);
        }

        // Not a collection expression: records without feeds are equal only if they contain the same array, and ToImmutableArray always
        // returns the same empty array.
        return feeds.ToImmutableArray();
    }

    private static FeedSettings? ReadFeed(EntryReader entry)
    {
        if (entry.Whole is { } text)
        {
            if (NamedSource.TryParse(text, out var named, out var fault))
                return new FeedSettings(named.Name, named.Source);
            Reject(entry, "", fault);
            return null;
        }

        var name = entry.Text("name", FeedSettings.MaxName).Trim();
        if (NamedSource.FaultOfName(name) is { } wrong)
            Reject(entry, "name", wrong);
        if (!FeedSource.TryParse(entry.Text("source", FeedSource.MaxText), out var source, out var faultOfSource))
            Reject(entry, "source", faultOfSource);
        var absent = new FeedSettings("", new FeedSource.StandardInput());
        var feed = absent with
        {
            Name = NamedSource.CleanName(name),
            Source = source ?? absent.Source,
            Password = entry.Secret("password", MaxPassword),
            Fallback = entry.Text("fallback", FeedSource.MaxText),
            Hold = entry.Duration("hold", absent.Hold, TimeSpan.Zero, TimeSpan.FromHours(24)),
            MaxListeners = entry.Int("max-listeners", absent.MaxListeners, 0, 100_000),
            LowDelay = entry.Bool("low-delay"),
            Jingles = entry.Text("jingles", FeedSource.MaxText),
            JingleEvery = entry.Int("jingle-every", absent.JingleEvery, 1, 1000),
            InOrder = entry.OneOf("order", "shuffled", "listed") == "listed",
        };
        return name.Length == 0 || source is null ? null : feed;
    }

    private static (string What, string Remedy)? FindClash(FeedSettings feed, List<FeedSettings> others)
    {
        if (others.Any(other => string.Equals(other.Name, feed.Name, StringComparison.OrdinalIgnoreCase)))
            return ($"there are two feeds with the name \"{feed.Name}\"", "give each feed its own name");
        if (feed.Source is FeedSource.Icecast door && others.Find(other => other.Source == feed.Source) is { } same)
            return ($"\"{same.Name}\" already uses icecast:{door.Port}{door.Mount}", "give each feed its own mount point");
        if (feed.Source is FeedSource.StandardInput && others.Find(other => other.Source is FeedSource.StandardInput) is { } reading)
            return ($"\"{reading.Name}\" already reads standard input", "only one feed can");
        return null;
    }

    // A fault says what is wrong and, after a semicolon, what to write instead. The reported problem shows both.
    private static void Reject(EntryReader entry, string field, string fault)
    {
        var parts = fault.Split("; ", 2);
        entry.Reject(field, parts[0], parts.Length == 2 ? parts[1] : $"write {FeedSource.Forms}");
    }
}
