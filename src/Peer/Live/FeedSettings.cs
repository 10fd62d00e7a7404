using TspActors.Peer.Live.Sources;

namespace TspActors.Peer.Live;

/// <summary>The settings of one live feed (<c>tsp.peer.live.feeds</c>).</summary>
/// <param name="Name">The name that the feed is listed under.</param>
/// <param name="Source">The source of its audio.</param>
internal sealed record FeedSettings(string Name, FeedSource Source)
{
    /// <summary>The maximum length of a name in UTF-16 code units.</summary>
    public const int MaxName = 100;

    /// <summary>The password of an Icecast source; empty = <see cref="LiveSettings.Password"/>.</summary>
    public string Password { get; init; } = "";

    /// <summary>The selection of songs that the feed plays as a station while its source sends nothing; empty = silence.</summary>
    public string Fallback { get; init; } = "";

    /// <summary>How long the feed plays silence while its source sends nothing, before the feed ends.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum number of listeners; 0 = as many as the hosting limits allow.</summary>
    public int MaxListeners { get; init; }

    /// <summary>Whether the feed has a low delay: short chunks and a short burst, at the cost of more work per listener.</summary>
    public bool LowDelay { get; init; }

    /// <summary>The folder with a station's jingles; empty = none.</summary>
    public string Jingles { get; init; } = "";

    /// <summary>How many songs a station plays between two jingles.</summary>
    public int JingleEvery { get; init; } = 4;

    /// <summary>Whether a station plays its songs in order instead of shuffled.</summary>
    public bool InOrder { get; init; }
}
