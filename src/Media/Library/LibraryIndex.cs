using Google.Protobuf;
using Microsoft.Data.Sqlite;
using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>Remembers on disk what every file of the library holds, so that an unchanged file is never read again, and the ids its songs had.</summary>
/// <remarks>
/// May be used from several threads; calls wait for each other. Every write is one transaction and survives a crash of the process.
/// A file that proves to be damaged in use is set aside as at <see cref="Open"/>, <see cref="Rebuilt"/> tells it, and the call goes on with a new one.
/// Members throw <see cref="LibraryIndexException"/> where the file is in use elsewhere or the disk refuses.
/// </remarks>
public sealed class LibraryIndex : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private IndexStatements _statements;
    private bool _isDisposed;
    private bool _isClosed;

    private LibraryIndex(string path, SqliteConnection connection) => (_path, _statements) = (path, new IndexStatements(connection));

    /// <summary>Raised, on the thread that met it, after a damaged file was replaced while in use.</summary>
    public event Action<IndexNotice>? Rebuilt;

    /// <summary>Opens the index at <paramref name="path"/>, or makes it, with its folder.</summary>
    /// <param name="path">The SQLite file.</param>
    /// <param name="notice">Set when a damaged or newer file was renamed to <c>*.damaged-n</c> and a new one was begun.</param>
    /// <exception cref="LibraryIndexException">It cannot be opened.</exception>
    public static LibraryIndex Open(string path, out IndexNotice? notice)
    {
        try
        {
            return new LibraryIndex(path, IndexDatabase.Open(path, out notice));
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new LibraryIndexException($"The library index {path} cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>What was last found in a file; null when it was never read. The caller compares the stamp.</summary>
    public LibraryEntry? Find(string path) => Use(statements =>
    {
        using var rows = statements.Query(
            "SELECT length, modified, skip_reason, skip_text, payload_offset, payload_length, hash, format, tags FROM files WHERE path = $1", path);
        return rows.Read() ? ReadEntry(path, rows, 0) : null;
    });

    /// <summary>Everything that was last found, by path.</summary>
    /// <param name="held">What the caller has in memory of a path; where that has the same stamp it is given back instead of a second copy.</param>
    /// <param name="cancellation">Ends it.</param>
    public Dictionary<string, LibraryEntry> Load(Func<string, LibraryEntry?> held, CancellationToken cancellation = default)
    {
        var all = new Dictionary<string, LibraryEntry>(StringComparer.Ordinal);
        // In parts, so that whoever needs the leaves of a song meanwhile does not wait for all of it.
        for (string? last = ""; last is not null;)
        {
            cancellation.ThrowIfCancellationRequested();
            var after = last;
            last = Use(statements => LoadPart(statements, after, held, all));
        }

        return all;
    }

    /// <summary>Songs whose files had exactly this length and time; a few at most.</summary>
    public IReadOnlyList<SongFile> FindSongs(FileStamp stamp) => Use(statements =>
    {
        var songs = new List<SongFile>();
        using var rows = statements.Query(
            "SELECT path, length, modified, skip_reason, skip_text, payload_offset, payload_length, hash, format, tags FROM files "
            + "WHERE length = $1 AND modified = $2 AND hash IS NOT NULL LIMIT 20", stamp.Length, stamp.ModifiedTicks);
        while (rows.Read())
        {
            if (ReadEntry(rows.GetString(0), rows, 1) is SongFile song)
                songs.Add(song);
        }

        return songs;
    });

    /// <summary>The paths of all files that are known.</summary>
    public IReadOnlyList<string> Paths() => Use(statements =>
    {
        var paths = new List<string>();
        using var rows = statements.Query("SELECT path FROM files");
        while (rows.Read())
            paths.Add(rows.GetString(0));
        return paths;
    });

    /// <summary>Remembers what was read, leaves included. Files that are skipped for a passing reason (see <see cref="SkippedFile.IsLasting"/>) are not kept.</summary>
    public void Put(IReadOnlyCollection<FileReading> readings) => Write(statements =>
    {
        foreach (var (entry, leaves) in readings)
        {
            if (entry is SkippedFile { IsLasting: false })
                continue;
            var earlier = HashOf(statements, entry.Path);
            if (entry is SongFile song)
            {
                // A file that only moved comes without leaves: they are there.
                if (!leaves.IsEmpty)
                    statements.Execute("INSERT OR IGNORE INTO leaves (hash, leaves) VALUES ($1, $2)", song.Hash.ToArray(), leaves.ToArray());
                statements.Execute(
                    "INSERT OR REPLACE INTO files (path, length, modified, payload_offset, payload_length, hash, format, tags) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    song.Path, song.Stamp.Length, song.Stamp.ModifiedTicks, song.PayloadOffset, song.PayloadLength,
                    song.Hash.ToArray(), song.Format.ToByteArray(), song.Tags.ToByteArray());
            }
            else if (entry is SkippedFile skipped)
            {
                statements.Execute(
                    "INSERT OR REPLACE INTO files (path, length, modified, skip_reason, skip_text) VALUES ($1, $2, $3, $4, $5)",
                    skipped.Path, skipped.Stamp.Length, skipped.Stamp.ModifiedTicks, (int)skipped.Reason, skipped.Text);
            }

            DropUnusedLeaves(statements, earlier);
        }
    });

    /// <summary>Forgets files. The ids of their songs stay.</summary>
    public void Remove(IReadOnlyCollection<string> paths) => Write(statements =>
    {
        foreach (var path in paths)
        {
            var hash = HashOf(statements, path);
            statements.Execute("DELETE FROM files WHERE path = $1", path);
            DropUnusedLeaves(statements, hash);
        }
    });

    /// <summary>
    /// The leaves of a song, checked against its hash. Null when they are not there or not right; then the files of the song are forgotten too,
    /// so that the next scan reads them again.
    /// </summary>
    public byte[]? Leaves(ContentHash hash) => Use(statements =>
    {
        var key = hash.ToArray();
        var leaves = statements.Scalar("SELECT leaves FROM leaves WHERE hash = $1", key) as byte[];
        if (leaves is { Length: > 0 } && leaves.Length % ContentHash.Size == 0 && MerkleTree.Root(leaves) == hash)
            return leaves;
        statements.Execute("DELETE FROM leaves WHERE hash = $1", key);
        statements.Execute("DELETE FROM files WHERE hash = $1", key);
        return null;
    });

    /// <summary>The id each song last had at a tracker, those of removed songs included.</summary>
    public IReadOnlyDictionary<ContentHash, int> SongIds() => Use(statements =>
    {
        var ids = new Dictionary<ContentHash, int>();
        using var rows = statements.Query("SELECT hash, id FROM song_ids");
        while (rows.Read())
            ids[ReadHash(rows, 0)] = rows.GetInt32(1);
        return ids;
    });

    /// <summary>Remembers the ids a tracker assigned; a song that had one of them before has none any more.</summary>
    public void PutSongIds(IReadOnlyCollection<KeyValuePair<ContentHash, int>> ids) => Write(statements =>
    {
        foreach (var (hash, id) in ids)
        {
            statements.Execute("DELETE FROM song_ids WHERE id = $1", id);
            statements.Execute("INSERT OR REPLACE INTO song_ids (hash, id) VALUES ($1, $2)", hash.ToArray(), id);
        }
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _statements.Dispose();
        }
    }

    /// <returns>The last path; null when there are no more.</returns>
    private static string? LoadPart(IndexStatements statements, string after, Func<string, LibraryEntry?> held, Dictionary<string, LibraryEntry> all)
    {
        string? last = null;
        using var rows = statements.Query(
            "SELECT path, length, modified, skip_reason, skip_text, payload_offset, payload_length, hash, format, tags FROM files "
            + "WHERE path > $1 ORDER BY path LIMIT 2000", after);
        while (rows.Read())
        {
            last = rows.GetString(0);
            var inMemory = held(last);
            all[last] = inMemory is not null && inMemory.Stamp == ReadStamp(rows, 1) ? inMemory : ReadEntry(last, rows, 1);
        }

        return last;
    }

    private static FileStamp ReadStamp(SqliteDataReader row, int first) => new(row.GetInt64(first), row.GetInt64(first + 1));

    private static LibraryEntry ReadEntry(string path, SqliteDataReader row, int first)
    {
        var stamp = ReadStamp(row, first);
        if (!row.IsDBNull(first + 2))
            return new SkippedFile(path, stamp, (SkipReason)row.GetInt32(first + 2), row.GetString(first + 3));
        return new SongFile(
            path, stamp, row.GetInt64(first + 4), row.GetInt64(first + 5), ReadHash(row, first + 6),
            AudioFormat.Parser.ParseFrom(row.GetFieldValue<byte[]>(first + 7)), SongTags.Parser.ParseFrom(row.GetFieldValue<byte[]>(first + 8)));
    }

    private static ContentHash ReadHash(SqliteDataReader row, int column) => row.GetFieldValue<byte[]>(column) is { Length: ContentHash.Size } bytes
        ? new ContentHash(bytes)
        : throw new InvalidDataException("A content hash in the library index is not 32 bytes long.");

    private static byte[]? HashOf(IndexStatements statements, string path) => statements.Scalar("SELECT hash FROM files WHERE path = $1", path) as byte[];

    private static void DropUnusedLeaves(IndexStatements statements, byte[]? hash)
    {
        if (hash is not null)
            statements.Execute("DELETE FROM leaves WHERE hash = $1 AND NOT EXISTS (SELECT 1 FROM files WHERE files.hash = $1)", hash);
    }

    private void Write(Action<IndexStatements> write) => Use(statements =>
    {
        statements.InTransaction(() => write(statements));
        return true;
    });

    private T Use<T>(Func<IndexStatements, T> use)
    {
        IndexNotice? notice = null;
        T result;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            try
            {
                if (_isClosed)
                    notice = Reopen();
                try
                {
                    result = use(_statements);
                }
                catch (Exception error) when (IsDamage(error))
                {
                    notice = StartAnew();
                    result = use(_statements);
                }
            }
            catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw new LibraryIndexException($"The library index {_path} cannot be used: {error.Message}", error);
            }
        }

        if (notice is not null)
            Rebuilt?.Invoke(notice);
        return result;
    }

    /// <summary>Damage can show as values of the wrong kind before SQLite itself notices it.</summary>
    private static bool IsDamage(Exception error) => error is SqliteException sqlite
        ? IndexDatabase.IsDamage(sqlite)
        : error is InvalidProtocolBufferException or InvalidCastException or InvalidDataException;

    private IndexNotice StartAnew()
    {
        var connection = _statements.Connection;
        _statements.DisposeStatements();
        // Where the disk lets no new file be begun now, the next use tries again.
        _isClosed = true;
        var notice = IndexDatabase.StartAnew(_path, ref connection, "it is damaged");
        _statements = new IndexStatements(connection);
        _isClosed = false;
        return notice;
    }

    private IndexNotice? Reopen()
    {
        _statements.Dispose();
        _statements = new IndexStatements(IndexDatabase.Open(_path, out var notice));
        _isClosed = false;
        return notice;
    }
}
