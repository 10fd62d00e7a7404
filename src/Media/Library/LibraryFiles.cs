using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>The files of the library as of the last scan, and the file that serves each song. Not thread-safe.</summary>
internal sealed class LibraryFiles
{
    private readonly Dictionary<string, SongFile> _songs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SkippedFile> _skipped = new(StringComparer.Ordinal);
    private readonly Dictionary<ContentHash, SongFile> _served = [];
    private readonly Dictionary<ContentHash, List<SongFile>> _copies = [];
    private readonly HashSet<ContentHash> _changed = [];

    /// <summary>The file that serves each song. If several files have the same payload, the first one by path serves the song.</summary>
    public IReadOnlyDictionary<ContentHash, SongFile> Served => _served;

    public IReadOnlyCollection<SkippedFile> Skipped => _skipped.Values;

    public IReadOnlyCollection<SongFile> Songs => _songs.Values;

    public IEnumerable<string> Paths => _songs.Keys.Concat(_skipped.Keys);

    public LibraryEntry? Find(string path) => _songs.GetValueOrDefault(path) ?? (LibraryEntry?)_skipped.GetValueOrDefault(path);

    /// <summary>Adds a file, or replaces its earlier entry.</summary>
    public void Put(LibraryEntry entry)
    {
        if (_songs.TryGetValue(entry.Path, out var earlier))
        {
            if (earlier.Equals(entry))
                return;
            Withdraw(earlier);
        }

        _skipped.Remove(entry.Path);
        if (entry is SongFile song)
        {
            _songs[song.Path] = song;
            Offer(song);
        }
        else if (entry is SkippedFile skipped)
        {
            _songs.Remove(skipped.Path);
            _skipped[skipped.Path] = skipped;
        }
    }

    public void Remove(string path)
    {
        _skipped.Remove(path);
        if (_songs.Remove(path, out var song))
            Withdraw(song);
    }

    /// <summary>Returns the changes since the last call and clears them.</summary>
    public LibraryChanges DrainChanges()
    {
        var served = new List<SongFile>();
        var gone = new List<ContentHash>();
        foreach (var hash in _changed)
        {
            if (_served.TryGetValue(hash, out var song))
                served.Add(song);
            else
                gone.Add(hash);
        }

        _changed.Clear();
        return new LibraryChanges(served, gone);
    }

    private void Offer(SongFile song)
    {
        if (!_served.TryGetValue(song.Hash, out var served))
        {
            Serve(song);
            return;
        }

        if (!_copies.TryGetValue(song.Hash, out var copies))
            _copies.Add(song.Hash, copies = []);
        if (string.CompareOrdinal(song.Path, served.Path) < 0)
            (song, served) = (served, song);
        copies.Add(song);
        if (!ReferenceEquals(_served[song.Hash], served))
            Serve(served);
    }

    private void Withdraw(SongFile song)
    {
        if (_copies.TryGetValue(song.Hash, out var copies))
        {
            if (!copies.Remove(song))
            {
                var next = copies.MinBy(copy => copy.Path, StringComparer.Ordinal)!;
                copies.Remove(next);
                Serve(next);
            }

            if (copies.Count == 0)
                _copies.Remove(song.Hash);
            return;
        }

        _served.Remove(song.Hash);
        _changed.Add(song.Hash);
    }

    private void Serve(SongFile song)
    {
        _served[song.Hash] = song;
        _changed.Add(song.Hash);
    }
}
