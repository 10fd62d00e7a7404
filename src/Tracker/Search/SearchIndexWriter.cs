using System.Collections.Immutable;

namespace TspActors.Tracker.Search;

/// <summary>Keeps the index up to date for its one writer: new songs become small segments, and small segments larger ones.</summary>
/// <remarks>
/// A song that goes is only marked, and unmarked when it comes back with the same words: peers that reconnect cost the index next to nothing. Segments are
/// merged four of a size at a time, so each song is moved a few times only; large merges are left to another thread (<see cref="NextMerge"/>).
/// </remarks>
/// <param name="largestAtOnce">Merges of up to this many songs are done at once; by default in a few milliseconds.</param>
internal sealed class SearchIndexWriter(int largestAtOnce = 4096)
{
    /// <summary>Segments of one size that become one.</summary>
    private const int MergedAtOnce = 4;

    private readonly SortedDictionary<int, SearchDocument> _new = [];
    private List<Part> _parts = [];
    private SearchMerge? _underWay;
    private SearchIndex _published = SearchIndex.Empty;

    /// <summary>A song is found by these words from now on.</summary>
    public void Put(int id, SearchDocument words)
    {
        _new.Remove(id);
        var isThere = false;
        foreach (var part in _parts)
        {
            var song = part.Segment.NumberOf(id);
            if (song < 0)
                continue;
            var isSame = !isThere && part.Segment.Fingerprints[song] == words.Fingerprint;
            part.Mark(song, isSame);
            isThere |= isSame;
        }

        if (!isThere)
            _new[id] = words;
    }

    /// <summary>A song is not found any more.</summary>
    public void Remove(int id)
    {
        _new.Remove(id);
        foreach (var part in _parts)
        {
            if (part.Segment.NumberOf(id) is >= 0 and var song)
                part.Mark(song, false);
        }
    }

    /// <summary>The index as it is now.</summary>
    public SearchIndex Publish()
    {
        if (_new.Count > 0)
        {
            Add(SegmentBuilder.Of([.. _new.Select(entry => (entry.Key, entry.Value))]));
            _new.Clear();
            while (Mergeable().FirstOrDefault(group => group.Sum(part => part.LiveCount) <= largestAtOnce) is { } group)
                Replace(group, SegmentBuilder.Merge([.. group.Select(part => part.Publish())]));
        }

        if (_parts.Count != _published.Parts.Length || _parts.Zip(_published.Parts).Any(pair => !pair.First.IsPublishedAs(pair.Second)))
            _published = new SearchIndex([.. _parts.Select(part => part.Publish())]);
        return _published;
    }

    /// <summary>The next large merge, to be run on another thread; null when none is due, or one is under way.</summary>
    public SearchMerge? NextMerge()
    {
        if (_underWay is not null)
            return null;
        var group = Mergeable().FirstOrDefault() ?? _parts.Where(part => part.IsMostlyGone && part.Segment.Count > largestAtOnce).Take(1).ToList();
        return group.Count == 0 ? null : _underWay = new SearchMerge([.. group.Select(part => part.Publish())]);
    }

    /// <summary>True for the merge that is awaited.</summary>
    public bool IsUnderWay(SearchMerge merge) => ReferenceEquals(merge, _underWay);

    /// <summary>Puts a finished merge in the place of what it was made from.</summary>
    /// <returns>Songs that came back meanwhile and are not in it; they have to be put again.</returns>
    public IReadOnlyList<int> Take(SearchMerge merge, SearchSegment merged)
    {
        _underWay = null;
        var back = new List<int>();
        var gone = new List<int>();
        var olds = _parts.Where(part => merge.Parts.Any(before => ReferenceEquals(before.Segment, part.Segment))).ToList();
        foreach (var old in olds)
        {
            var before = merge.Parts.Single(before => ReferenceEquals(before.Segment, old.Segment));
            var now = old.Publish();
            if (now.Live == before.Live)
                continue;
            gone.AddRange(before.Alive().Where(song => !now.IsLive(song)).Select(song => old.Segment.Ids[song]));
            back.AddRange(now.Alive().Where(song => !before.IsLive(song)).Select(song => old.Segment.Ids[song]));
        }

        Replace(olds, merged);
        foreach (var id in gone)
            _parts[^1].Mark(merged.NumberOf(id), false);
        return back;
    }

    private List<List<Part>> Mergeable() => _parts
        .Where(part => _underWay is null || !_underWay.Parts.Any(busy => ReferenceEquals(busy.Segment, part.Segment)))
        .GroupBy(part => int.Log2(Math.Max(1, part.Segment.Count)) / 2)
        .Where(size => size.Count() >= MergedAtOnce)
        .OrderBy(size => size.Key)
        .Select(size => size.ToList())
        .ToList();

    private void Replace(List<Part> olds, SearchSegment merged)
    {
        _parts = [.. _parts.Except(olds)];
        Add(merged);
    }

    private void Add(SearchSegment segment)
    {
        // Everything in it may have gone.
        if (segment.Count > 0)
            _parts.Add(new Part(segment));
    }

    /// <summary>A segment whose marks change; a chunk of them is copied the first time after each publishing.</summary>
    private sealed class Part
    {
        private readonly ulong[][] _live;
        private readonly bool[] _isOwn;
        private LiveSegment? _published;

        public Part(SearchSegment segment)
        {
            Segment = segment;
            LiveCount = segment.Count;
            _live = new ulong[(segment.Count + LiveSegment.ChunkSongs - 1) / LiveSegment.ChunkSongs][];
            _isOwn = new bool[_live.Length];
            for (var chunk = 0; chunk < _live.Length; chunk++)
            {
                _live[chunk] = new ulong[LiveSegment.ChunkWords];
                for (var song = chunk * LiveSegment.ChunkSongs; song < Math.Min(segment.Count, (chunk + 1) * LiveSegment.ChunkSongs); song++)
                    _live[chunk][song % LiveSegment.ChunkSongs >> 6] |= 1UL << (song & 63);
            }
        }

        public SearchSegment Segment { get; }

        public int LiveCount { get; private set; }

        public bool IsMostlyGone => LiveCount < Segment.Count / 2;

        public bool IsPublishedAs(LiveSegment part) => ReferenceEquals(part, _published);

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

/// <summary>Segments to be made one; <see cref="Run"/> may be called on any thread.</summary>
internal sealed record SearchMerge(ImmutableArray<LiveSegment> Parts)
{
    public SearchSegment Run() => SegmentBuilder.Merge(Parts);
}
