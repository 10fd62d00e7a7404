namespace TspActors.Tracker.Search;

/// <summary>Where the last pages of a connection's searches ended, so that the next page begins behind the last hit whatever changed meanwhile.</summary>
internal sealed class SearchPlaces
{
    private const int Remembered = 4;

    private readonly List<(string Query, int Cursor, SearchPlace Place)> _places = [];

    /// <summary>The place behind which the page of that cursor begins; null when it is not known here.</summary>
    public SearchPlace? Find(string query, int cursor)
    {
        var index = _places.FindIndex(known => known.Cursor == cursor && known.Query == query);
        return index < 0 ? null : _places[index].Place;
    }

    public void Remember(string query, int cursor, SearchPlace place)
    {
        // A longer one is cut before it is looked for, but would be kept whole here.
        if (query.Length > SearchQuery.MaxLength)
            return;
        _places.RemoveAll(known => known.Cursor == cursor && known.Query == query);
        if (_places.Count == Remembered)
            _places.RemoveAt(0);
        _places.Add((query, cursor, place));
    }
}
