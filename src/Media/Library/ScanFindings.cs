using TspActors.Protocol;

namespace TspActors.Media;

/// <summary>Gathers what the threads of one scan find and writes it to the index in batches.</summary>
internal sealed class ScanFindings(LibraryIndex index, ScanSettings settings, List<SkippedFile> folderProblems, Action<ScanProgress>? onProgress)
{
    // A batch of very long files is written sooner: their leaves are what takes memory.
    private const int BatchLeafBytes = 4 << 20;

    private readonly Lock _gate = new();
    private readonly List<SongFile> _songs = [];
    private readonly List<SkippedFile> _skipped = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private List<FileReading> _batch = [];
    private long _batchLeafBytes;
    private ScanProgress _progress;

    public void Add((FileReading Reading, bool IsNew) found)
    {
        lock (_gate)
        {
            var (reading, isNew) = found;
            _seen.Add(reading.Entry.Path);
            if (reading.Entry is SongFile song)
                _songs.Add(Share(song));
            else if (reading.Entry is SkippedFile skipped)
                _skipped.Add(skipped);
            if (isNew)
            {
                _batch.Add(reading);
                _batchLeafBytes += reading.Leaves.Length;
                if (_batch.Count >= settings.BatchFiles || _batchLeafBytes >= BatchLeafBytes)
                    WriteBatch();
            }
            _progress = new ScanProgress(
                _progress.Files + 1, _progress.FilesRead + (isNew ? 1 : 0), _progress.BytesRead + (isNew ? reading.Entry.Stamp.Length : 0), _skipped.Count);
            onProgress?.Invoke(_progress);
        }
    }

    public void Flush()
    {
        lock (_gate)
            WriteBatch();
    }

    /// <summary>
    /// Takes files that are gone out of the index. Where a folder could not be listed, or a whole root is empty, a disk may just not be there now:
    /// what was known of its files is kept.
    /// </summary>
    public void ForgetVanished(IEnumerable<string> roots)
    {
        var absent = folderProblems.Select(problem => problem.Path)
            .Concat(roots.Select(Path.GetFullPath).Where(root => !_seen.Any(path => IsUnder(path, root))))
            .ToList();
        index.Remove([.. index.Paths().Where(path => !_seen.Contains(path) && !absent.Exists(folder => IsUnder(path, folder)) && !File.Exists(path))]);
    }

    public LibrarySnapshot Snapshot() => new(_songs, _skipped.Concat(folderProblems), _progress.FilesRead);

    private static bool IsUnder(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && (Path.EndsInDirectorySeparator(folder) || path[folder.Length] == Path.DirectorySeparatorChar);

    private void WriteBatch()
    {
        if (_batch.Count > 0)
            index.Put(_batch);
        _batch = [];
        _batchLeafBytes = 0;
    }

    /// <summary>The songs of an album share the texts they have in common: that is most of what a large library takes in memory.</summary>
    private SongFile Share(SongFile song)
    {
        var tags = song.Tags;
        return song with
        {
            Tags = new SongTags(tags) { Artist = Shared(tags.Artist), Album = Shared(tags.Album), AlbumArtist = Shared(tags.AlbumArtist), Genre = Shared(tags.Genre) },
        };
    }

    private string Shared(string text)
    {
        if (_texts.TryGetValue(text, out var shared))
            return shared;
        _texts.Add(text, text);
        return text;
    }
}
