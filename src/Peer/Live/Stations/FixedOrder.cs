namespace TspActors.Peer.Live.Stations;

/// <summary>Plays the songs in the order of the selection, and starts over after the last one.</summary>
internal sealed class FixedOrder : IRunningOrder
{
    private IReadOnlyList<RotationSong> _songs = [];
    private int _next;

    public void Update(IReadOnlyList<RotationSong> songs, PlayHistory history, long played)
    {
        var places = new Dictionary<ulong, int>(songs.Count);
        for (var place = 0; place < songs.Count; place++)
            places.TryAdd(songs[place].Key, place);
        _next = PlaceOfNext(places, history);
        _songs = songs;
    }

    public RotationSong? Next(long number, RotationSong? previous)
    {
        if (_songs.Count == 0)
            return null;
        if (_next >= _songs.Count)
            _next = 0;
        return _songs[_next++];
    }

    // The songs may have moved. Continues after the current song, or with the first song after it that is still in the selection.
    private int PlaceOfNext(Dictionary<ulong, int> places, PlayHistory history)
    {
        if (_next > 0 && places.TryGetValue(_songs[_next - 1].Key, out var current))
            return current + 1;
        for (var i = 0; i < _songs.Count; i++)
        {
            if (places.TryGetValue(_songs[(_next + i) % _songs.Count].Key, out var place))
                return place;
        }

        foreach (var play in history.Plays.Reverse())
        {
            if (places.TryGetValue(play.Key, out var place))
                return place + 1;
        }

        return 0;
    }
}
