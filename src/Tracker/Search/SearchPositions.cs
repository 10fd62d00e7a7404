namespace TspActors.Tracker.Search;

/// <summary>
/// The positions where a connection's last few search pages ended, so that the next page starts after the last hit even if the catalog has
/// changed.
/// </summary>
internal sealed class SearchPositions
{
    private const int Remembered = 4;

    private readonly List<(string Query, int Cursor, SearchPosition Place)> _places = [];

    /// <summary>Returns the position after which the page for this cursor starts; null if the position is unknown.</summary>
    public SearchPosition? Find(string query, int cursor)
    {
        var index = _places.FindIndex(known => known.Cursor == cursor && known.Query == query);
        return index < 0 ? null : _places[index].Place;
    }

    public void Remember(string query, int cursor, SearchPosition place)
    {
        // To limit memory, a query longer than the maximum length is not remembered. The start of its next page is found by counting hits.
        if (query.Length > SearchQuery.MaxLength)
            return;
        _places.RemoveAll(known => known.Cursor == cursor && known.Query == query);
        if (_places.Count == Remembered)
            _places.RemoveAt(0);
        _places.Add((query, cursor, place));
    }
}
