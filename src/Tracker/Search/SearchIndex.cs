using System.Collections.Immutable;

namespace TspActors.Tracker.Search;

/// <summary>
/// A full-text index of the catalog at one moment. Immutable: any number of connections can search it while its successor is being built.
/// </summary>
/// <param name="Segments">The segments. Each song is live in exactly one.</param>
internal sealed record SearchIndex(ImmutableArray<LiveSegment> Segments)
{
    public static readonly SearchIndex Empty = new([]);

    /// <summary>Returns the matching songs, best first. Dispose the result: it holds pooled memory.</summary>
    public SearchHits Search(SearchQuery query) => new(this, query);
}
