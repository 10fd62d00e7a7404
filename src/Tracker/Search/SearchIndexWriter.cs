using System.Collections.Immutable;

namespace TspActors.Tracker.Search;

/// <summary>
/// Maintains the index for its single writer: new songs become small segments, and small segments are merged into larger ones.
/// </summary>
/// <remarks>
/// A removed song is only marked as removed, and the mark is cleared if the song returns with the same words, so reconnecting peers cost
/// the index next to nothing. Segments are merged once there are four of similar size, so each song is moved only a few times. A large
/// segment with fewer than half of its songs left is rebuilt. Large merges run on another thread (<see cref="NextMerge"/>).
/// </remarks>
/// <param name="largestAtOnce">Merges of up to this many songs run inline. With the default, they take a few milliseconds.</param>
internal sealed class SearchIndexWriter(int largestAtOnce = 4096)
{
    /// <summary>The minimum number of segments of similar size that are merged into one.</summary>
    private const int MergedAtOnce = 4;

    private readonly SortedDictionary<int, SearchDocument> _new = [];
    private List<WritableSegment> _segments = [];
    private SearchMerge? _underWay;
    private SearchIndex _published = SearchIndex.Empty;

    /// <summary>Adds a song, or replaces its words.</summary>
    public void Put(int id, SearchDocument words)
    {
        _new.Remove(id);
        var isThere = false;
        foreach (var source in _segments)
        {
            var song = source.Segment.NumberOf(id);
            if (song < 0)
                continue;
            var isSame = !isThere && source.Segment.Fingerprints[song] == words.Fingerprint;
            source.Mark(song, isSame);
            isThere |= isSame;
        }

        if (!isThere)
            _new[id] = words;
    }

    /// <summary>Removes a song.</summary>
    public void Remove(int id)
    {
        _new.Remove(id);
        foreach (var source in _segments)
        {
            if (source.Segment.NumberOf(id) is >= 0 and var song)
                source.Mark(song, false);
        }
    }

    /// <summary>Publishes all changes.</summary>
    /// <returns>An immutable view of the current index.</returns>
    public SearchIndex Publish()
    {
        if (_new.Count > 0)
        {
            Add(SegmentBuilder.Build([.. _new.Select(entry => (entry.Key, entry.Value))]));
            _new.Clear();
            while (Mergeable().FirstOrDefault(group => group.Sum(source => source.LiveCount) <= largestAtOnce) is { } group)
                Replace(group, SegmentBuilder.Merge([.. group.Select(source => source.Publish())]));
        }

        if (_segments.Count != _published.Segments.Length
            || _segments.Zip(_published.Segments).Any(pair => !pair.First.IsPublishedAs(pair.Second)))
            _published = new SearchIndex([.. _segments.Select(source => source.Publish())]);
        return _published;
    }

    /// <summary>Returns the next large merge, to be run on another thread; null if none is due or one is already under way.</summary>
    public SearchMerge? NextMerge()
    {
        if (_underWay is not null)
            return null;
        var group = Mergeable().FirstOrDefault()
            ?? _segments.Where(source => source.IsMostlyGone && source.Segment.Count > largestAtOnce).Take(1).ToList();
        return group.Count == 0 ? null : _underWay = new SearchMerge([.. group.Select(source => source.Publish())]);
    }

    /// <summary>Returns whether this merge is under way.</summary>
    public bool IsUnderWay(SearchMerge merge) => ReferenceEquals(merge, _underWay);

    /// <summary>Replaces the sources of a finished merge with its result.</summary>
    /// <returns>The ids of songs that returned during the merge and are missing from its result. The caller must add them again.</returns>
    public IReadOnlyList<int> ApplyMerge(SearchMerge merge, SearchSegment merged)
    {
        _underWay = null;
        var back = new List<int>();
        var gone = new List<int>();
        var olds = _segments.Where(source => merge.Segments.Any(before => ReferenceEquals(before.Segment, source.Segment))).ToList();
        foreach (var old in olds)
        {
            var before = merge.Segments.Single(before => ReferenceEquals(before.Segment, old.Segment));
            var now = old.Publish();
            if (now.Live == before.Live)
                continue;
            gone.AddRange(before.Alive().Where(song => !now.IsLive(song)).Select(song => old.Segment.Ids[song]));
            back.AddRange(now.Alive().Where(song => !before.IsLive(song)).Select(song => old.Segment.Ids[song]));
        }

        Replace(olds, merged);
        foreach (var id in gone)
            _segments[^1].Mark(merged.NumberOf(id), false);
        return back;
    }

    private List<List<WritableSegment>> Mergeable() => _segments
        .Where(source => _underWay is null || !_underWay.Segments.Any(busy => ReferenceEquals(busy.Segment, source.Segment)))
        .GroupBy(source => int.Log2(Math.Max(1, source.Segment.Count)) / 2)
        .Where(size => size.Count() >= MergedAtOnce)
        .OrderBy(size => size.Key)
        .Select(size => size.ToList())
        .ToList();

    private void Replace(List<WritableSegment> olds, SearchSegment merged)
    {
        _segments = [.. _segments.Except(olds)];
        Add(merged);
    }

    private void Add(SearchSegment segment)
    {
        // A merged segment is empty if all its songs have been removed.
        if (segment.Count > 0)
            _segments.Add(new WritableSegment(segment));
    }

    /// <summary>A segment with mutable marks. A chunk of marks is copied on its first change after each publication.</summary>
    private sealed class WritableSegment
    {
        private readonly ulong[][] _live;
        private readonly bool[] _isOwn;
        private LiveSegment? _published;

        public WritableSegment(SearchSegment segment)
        {
            Segment = segment;
            LiveCount = segment.Count;
            _live = new ulong[(segment.Count + LiveSegment.ChunkSongs - 1) / LiveSegment.ChunkSongs][];
            _isOwn = new bool[_live.Length];
            for (var chunk = 0; chunk < _live.Length; chunk++)
            {
                _live[chunk] = new ulong[LiveSegment.ChunkWords];
                for (var song = chunk * LiveSegment.ChunkSongs; song < Math.Min(segment.Count,
                    (chunk + 1) * LiveSegment.ChunkSongs); song++)
                    _live[chunk][song % LiveSegment.ChunkSongs >> 6] |= 1UL << (song & 63);
            }
        }

        public SearchSegment Segment { get; }

        public int LiveCount { get; private set; }

        public bool IsMostlyGone => LiveCount < Segment.Count / 2;

        public bool IsPublishedAs(LiveSegment source) => ReferenceEquals(source, _published);

        public void Mark(int song, bool isLive)
        {
            var (chunk, word, bit) = (song / LiveSegment.ChunkSongs, song % LiveSegment.ChunkSongs >> 6, 1UL << (song & 63));
            if ((_live[chunk][word] & bit) != 0 == isLive)
                return;
            if (!_isOwn[chunk])
                _live[chunk] = [.. _live[chunk]];
            _isOwn[chunk] = true;
            _live[chunk][word] ^= bit;
            LiveCount += isLive ? 1 : -1;
            _published = null;
        }

        public LiveSegment Publish()
        {
            if (_published is not null)
                return _published;
            Array.Clear(_isOwn);
            return _published = new LiveSegment(Segment, [.. _live], LiveCount);
        }
    }
}

/// <summary>Segments to merge into one. <see cref="Run"/> may be called on any thread.</summary>
internal sealed record SearchMerge(ImmutableArray<LiveSegment> Segments)
{
    public SearchSegment Run() => SegmentBuilder.Merge(Segments);
}
