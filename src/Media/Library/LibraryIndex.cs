using Google.Protobuf;
using Microsoft.Data.Sqlite;
using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>
/// The library index on disk. It stores the song ids and the data read from every file, so that an unchanged file need not be read again.
/// </summary>
/// <remarks>
/// Thread-safe; only one call runs at a time. Every write is one transaction and survives a crash of the process. If the file turns out to
/// be damaged, it is set aside as in <see cref="Open"/>, <see cref="Rebuilt"/> is raised, and the call continues with a new file. Members
/// throw <see cref="LibraryIndexException"/> when another program is using the file or the disk reports an error.
/// </remarks>
public sealed class LibraryIndex : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private IndexStatements _statements;
    private State _state;
    private int _droppedRows;

    private LibraryIndex(string path, SqliteConnection connection) => (_path, _statements) = (path, new IndexStatements(connection));

    // Open → Broken while a damaged file is replaced → Open. If no new file can be created, the index stays Broken, and
    // the next call tries again. Disposed is final.
    private enum State
    {
        Open,
        Broken,
        Disposed,
    }

    /// <summary>Raised on the calling thread after a damaged file has been replaced or invalid rows have been dropped.</summary>
    public event Action<IndexNotice>? Rebuilt;

    /// <summary>Opens the index at <paramref name="path"/>, or creates it together with its folder.</summary>
    /// <param name="path">The SQLite file.</param>
    /// <param name="notice">Set when an unusable file was renamed to <c>*.damaged-n</c> and replaced, or when invalid rows were
    ///   dropped.</param>
    /// <exception cref="LibraryIndexException">The file cannot be opened.</exception>
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

    /// <summary>
    /// Returns the stored entry of a file; null if there is no valid entry. The caller must compare the entry's length and time with the
    /// file's.
    /// </summary>
    public LibraryEntry? Find(string path) => Use(statements =>
    {
        using (var rows = statements.Query($"SELECT {IndexRow.Columns} FROM files WHERE path = $1", path))
        {
            if (!rows.Read())
                return null;
            if (IndexRow.TryRead(rows) is { } entry)
                return entry;
        }

        DropRows(statements, [path]);
        return null;
    });

    /// <summary>Returns the stored entries of all files, by path.</summary>
    /// <param name="inMemory">Returns the entry that the caller has in memory for a path. If its length and time match the stored ones,
    /// it is returned instead of a new object.</param>
    /// <param name="cancellation">Cancels the call.</param>
    public Dictionary<string, LibraryEntry> Load(Func<string, LibraryEntry?> inMemory, CancellationToken cancellation = default)
    {
        var all = new Dictionary<string, LibraryEntry>(StringComparer.Ordinal);
        // The entries are loaded in pages, so that a concurrent read of a song's leaves does not wait for the entire load.
        for (string? last = ""; last is not null;)
        {
            cancellation.ThrowIfCancellationRequested();
            var after = last;
            last = Use(statements => LoadPage(statements, after, inMemory, all), isPage: true);
        }

        // This call raises one notice for all pages.
        return Use(_ => all);
    }

    /// <summary>Returns at most 20 songs whose files had exactly this length and time.</summary>
    public IReadOnlyList<SongFile> FindSongs(FileStat stat) => Use(statements =>
    {
        var songs = new List<SongFile>();
        using var rows = statements.Query(
            $"SELECT {IndexRow.Columns} FROM files WHERE length = $1 AND modified = $2 AND hash IS NOT NULL LIMIT 20",
            stat.Length, stat.ModifiedTicks);
        while (rows.Read())
        {
            if (IndexRow.TryRead(rows) is SongFile song)
                songs.Add(song);
        }

        return songs;
    });

    /// <summary>Returns the paths of all known files.</summary>
    public IReadOnlyList<string> Paths() => Use(statements =>
    {
        var paths = new List<string>();
        using var rows = statements.Query("SELECT path FROM files");
        while (rows.Read())
            paths.Add(rows.GetString(0));
        return paths;
    });

    /// <summary>
    /// Stores the entries of files that were read, and the leaves of songs. Entries of files skipped for a temporary reason (see
    /// <see cref="SkippedFile.IsLasting"/>) are not stored.
    /// </summary>
    public void Put(IReadOnlyCollection<FileReading> readings) => Write(statements =>
    {
        foreach (var (entry, leaves) in readings)
        {
            if (entry is SkippedFile { IsLasting: false })
                continue;
            var earlier = HashOf(statements, entry.Path);
            if (entry is SongFile song)
            {
                // A moved file comes without leaves, because they are already stored.
                if (!leaves.IsEmpty)
                    statements.Execute(
                        "INSERT OR IGNORE INTO leaves (hash, leaves) VALUES ($1, $2)", song.Hash.ToArray(), leaves.ToArray());
                statements.Execute(
                    "INSERT OR REPLACE INTO files (path, length, modified, payload_offset, payload_length, hash, format, tags, inode, changed, cover) "
                    + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, 0), nullif($10, 0), $11)",
                    song.Path, song.Stat.Length, song.Stat.ModifiedTicks, song.PayloadOffset, song.PayloadLength,
                    song.Hash.ToArray(), song.Format.ToByteArray(), song.Tags.ToByteArray(), song.Stat.Inode, song.Stat.ChangedTicks,
                    song.CoverSource);
            }
            else if (entry is SkippedFile skipped)
            {
                statements.Execute(
                    "INSERT OR REPLACE INTO files (path, length, modified, skip_reason, skip_text, inode, changed) "
                    + "VALUES ($1, $2, $3, $4, $5, nullif($6, 0), nullif($7, 0))",
                    skipped.Path, skipped.Stat.Length, skipped.Stat.ModifiedTicks, (int)skipped.Reason, skipped.Text,
                    skipped.Stat.Inode, skipped.Stat.ChangedTicks);
            }

            DropUnusedLeaves(statements, earlier);
        }
    });

    /// <summary>Stores the file identities of these entries, which an index from an older version lacks.</summary>
    public void PutIdentities(IReadOnlyCollection<LibraryEntry> entries) => Write(statements =>
    {
        foreach (var (path, stat) in entries)
        {
            statements.Execute(
                "UPDATE files SET inode = nullif($2, 0), changed = nullif($3, 0) WHERE path = $1", path, stat.Inode, stat.ChangedTicks);
        }
    });

    /// <summary>Stores the covers and formats of these songs. Their other properties have not changed.</summary>
    public void PutCovers(IReadOnlyCollection<SongFile> songs) => Write(statements =>
    {
        foreach (var song in songs)
        {
            statements.Execute(
                "UPDATE files SET tags = $2, cover = $3, format = $5 WHERE path = $1 AND hash = $4", song.Path, song.Tags.ToByteArray(),
                song.CoverSource, song.Hash.ToArray(), song.Format.ToByteArray());
        }
    });

    /// <summary>Removes files, but keeps the ids of their songs.</summary>
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
    /// Returns the leaves of a song, checked against its hash. If they are missing or wrong, returns null and removes the song's files from
    /// the index, so that the next scan reads them again.
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

    /// <summary>Returns the id that a tracker last assigned to each song, including removed songs.</summary>
    public IReadOnlyDictionary<ContentHash, int> SongIds() => Use(statements =>
    {
        var ids = new Dictionary<ContentHash, int>();
        // The index was checked when it was opened, but another program may have written rows since then.
        using var rows = statements.Query(
            "SELECT hash, id FROM song_ids WHERE typeof(hash) = 'blob' AND length(hash) = 32 AND typeof(id) = 'integer' "
            + "AND id BETWEEN 1 AND 2147483647");
        while (rows.Read())
            ids[new ContentHash(rows.GetFieldValue<byte[]>(0))] = rows.GetInt32(1);
        return ids;
    });

    /// <summary>Returns the stored id receipts, by song.</summary>
    public IReadOnlyDictionary<ContentHash, IdReceipt> SongReceipts() => Use(statements =>
    {
        var receipts = new Dictionary<ContentHash, IdReceipt>();
        using var rows = statements.Query(
            "SELECT hash, receipt FROM song_ids WHERE typeof(hash) = 'blob' AND length(hash) = 32 AND typeof(receipt) = 'blob' "
            + "AND length(receipt) = 16");
        while (rows.Read())
            receipts[new ContentHash(rows.GetFieldValue<byte[]>(0))] = new IdReceipt(rows.GetFieldValue<byte[]>(1));
        return receipts;
    });

    /// <summary>Stores the ids that a tracker assigned. If another song had one of these ids, that song loses it.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="receipts">The receipts of the ids. An older tracker assigns ids without receipts.</param>
    public void PutSongIds(
        IReadOnlyCollection<KeyValuePair<ContentHash, int>> ids, IReadOnlyDictionary<ContentHash, IdReceipt>? receipts = null) =>
        Write(statements =>
        {
            foreach (var (hash, id) in ids)
            {
                var receipt = receipts?.GetValueOrDefault(hash) ?? default;
                statements.Execute("DELETE FROM song_ids WHERE id = $1", id);
                statements.Execute(
                    "INSERT OR REPLACE INTO song_ids (hash, id, receipt) VALUES ($1, $2, $3)", hash.ToArray(), id,
                    receipt.IsEmpty ? (object)DBNull.Value : receipt.ToArray());
            }
        });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _state = State.Disposed;
            _statements.Dispose();
        }
    }

    /// <summary>Loads the next page of entries.</summary>
    /// <returns>The last path of the page; null when no entries are left.</returns>
    private string? LoadPage(
        IndexStatements statements, string after, Func<string, LibraryEntry?> inMemory, Dictionary<string, LibraryEntry> all)
    {
        string? last = null;
        var wrong = new List<string>();
        using (var rows = statements.Query(
            $"SELECT {IndexRow.Columns} FROM files WHERE path > $1 AND typeof(path) = 'text' ORDER BY path LIMIT 2000", after))
        {
            while (rows.Read())
            {
                last = rows.GetString(0);
                var held = inMemory(last);
                if (held is not null && IndexRow.TryReadStat(rows) is { } stat && held.Stat.IsSame(stat))
                    all[last] = held;
                else if (IndexRow.TryRead(rows) is { } entry)
                    all[last] = entry;
                else
                    wrong.Add(last);
            }
        }

        if (wrong.Count > 0)
            DropRows(statements, wrong);
        return last;
    }

    /// <summary>Removes invalid rows, so that the next scan reads their files again.</summary>
    private void DropRows(IndexStatements statements, List<string> paths)
    {
        statements.InTransaction(() =>
        {
            foreach (var path in paths)
                statements.Execute("DELETE FROM files WHERE path = $1", path);
        });
        _droppedRows += paths.Count;
    }

    private static byte[]? HashOf(IndexStatements statements, string path) =>
        statements.Scalar("SELECT hash FROM files WHERE path = $1", path) as byte[];

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

    private T Use<T>(Func<IndexStatements, T> use, bool isPage = false)
    {
        IndexNotice? notice = null;
        T result;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
            try
            {
                if (_state == State.Broken)
                    notice = Reopen();
                try
                {
                    result = use(_statements);
                }
                catch (Exception error) when (IsDamage(error))
                {
                    notice = Replace();
                    result = use(_statements);
                }
            }
            catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw new LibraryIndexException($"The library index {_path} cannot be used: {error.Message}", error);
            }

            if (_droppedRows > 0 && !isPage)
            {
                notice ??= IndexNotice.RowsDropped(_droppedRows);
                _droppedRows = 0;
            }
        }

        if (notice is not null)
            Rebuilt?.Invoke(notice);
        return result;
    }

    /// <summary>
    /// Returns true if the error means that the file is damaged. A damaged file may return values of the wrong type before SQLite detects
    /// the damage.
    /// </summary>
    private static bool IsDamage(Exception error) => error is SqliteException sqlite
        ? IndexDatabase.IsDamage(sqlite)
        : error is InvalidCastException or InvalidOperationException;

    private IndexNotice Replace()
    {
        var connection = _statements.Connection;
        _statements.DisposeStatements();
        // If this attempt fails, the next use tries again.
        _state = State.Broken;
        var notice = IndexDatabase.Replace(_path, ref connection, "it is damaged");
        _statements = new IndexStatements(connection);
        _state = State.Open;
        return notice;
    }

    private IndexNotice? Reopen()
    {
        _statements.Dispose();
        _statements = new IndexStatements(IndexDatabase.Open(_path, out var notice));
        _state = State.Open;
        return notice;
    }
}
