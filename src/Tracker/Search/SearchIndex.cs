using System.Collections.Immutable;

namespace TspActors.Tracker.Search;

/// <summary>Finds songs by their words, at one moment. Immutable: any number of connections search it while the next one is made.</summary>
/// <param name="Parts">Each song is alive in one of them.</param>
internal sealed record SearchIndex(ImmutableArray<LiveSegment> Parts)
{
    public static readonly SearchIndex Empty = new([]);

    /// <summary>The songs that fit, best first. Must be disposed: what it holds is pooled.</summary>
    public SearchHits Search(SearchQuery query) => new(this, query);
}
