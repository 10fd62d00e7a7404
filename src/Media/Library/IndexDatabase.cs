using System.Globalization;
using Microsoft.Data.Sqlite;

namespace TspActors.Media.Library;

/// <summary>Opens and checks the SQLite file of a <see cref="LibraryIndex"/>, and replaces it when it cannot be used.</summary>
internal static class IndexDatabase
{
    private const int SchemaVersion = 7;
    private const int BusySeconds = 5;
    private const int MaxSetAside = 3;
    private const int SqliteError = 1;
    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    // Since version 2: an index that finds a moved file by its length and time.
    private const string FilesByStamp = "CREATE INDEX files_by_stamp ON files (length, modified) WHERE hash IS NOT NULL;";

    // Since version 3: an index that finds the song with a given id.
    private const string IdsById = "CREATE INDEX song_ids_by_id ON song_ids (id);";

    // Since version 4: columns that show whether a file has been replaced with a different one.
    private const string FileIdentity = "ALTER TABLE files ADD COLUMN inode INTEGER; ALTER TABLE files ADD COLUMN changed INTEGER;";

    // Since version 6: where the cover comes from. NULL = the file was read by an older version.
    private const string CoverSources = "ALTER TABLE files ADD COLUMN cover INTEGER;";

    // A row written by another program or damaged on disk must not reach the catalog. Anything that SQL cannot check is checked when a row
    // is read.
    private const string DropWrongFiles = """
        DELETE FROM files WHERE NOT coalesce(
            typeof(path) = 'text' AND typeof(length) = 'integer' AND length >= 0
            AND typeof(modified) = 'integer' AND modified BETWEEN 0 AND 3155378975999999999
            AND typeof(inode) IN ('integer', 'null') AND typeof(changed) IN ('integer', 'null')
            AND typeof(cover) IN ('integer', 'null')
            AND CASE WHEN skip_reason IS NULL
                THEN typeof(hash) = 'blob' AND length(hash) = 32 AND typeof(format) = 'blob' AND typeof(tags) = 'blob'
                    AND typeof(payload_offset) = 'integer' AND payload_offset >= 0
                    AND typeof(payload_length) = 'integer' AND payload_length > 0 AND payload_length <= length - payload_offset
                ELSE skip_reason IN (1, 2, 3) AND typeof(skip_text) = 'text' AND length(skip_text) <= 1000 AND hash IS NULL END, 0)
        """;

    private const string DropWrongIds = """
        DELETE FROM song_ids WHERE NOT coalesce(
            typeof(hash) = 'blob' AND length(hash) = 32 AND typeof(id) = 'integer' AND id BETWEEN 1 AND 2147483647, 0)
        """;

    private const string Schema = """
        CREATE TABLE files (
            path TEXT NOT NULL PRIMARY KEY,
            length INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            skip_reason INTEGER,
            skip_text TEXT,
            payload_offset INTEGER,
            payload_length INTEGER,
            hash BLOB,
            format BLOB,
            tags BLOB
        ) WITHOUT ROWID;
        CREATE INDEX files_by_hash ON files (hash) WHERE hash IS NOT NULL;
        CREATE TABLE leaves (hash BLOB NOT NULL PRIMARY KEY, leaves BLOB NOT NULL);
        CREATE TABLE song_ids (hash BLOB NOT NULL PRIMARY KEY, id INTEGER NOT NULL, receipt BLOB) WITHOUT ROWID;
        """ + FilesByStamp + IdsById + FileIdentity + CoverSources;

    /// <summary>Returns true when the error means that the file is damaged, not that it is in use or the disk is full.</summary>
    public static bool IsDamage(SqliteException error) => error.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase;

    /// <summary>
    /// Opens or creates the file. A file that is damaged or not a library index is set aside and replaced. The notice reports the
    /// replacement, or any invalid rows that were dropped.
    /// </summary>
    /// <exception cref="NewerIndexException">A newer version of this program wrote the file. The file is left unchanged.</exception>
    /// <exception cref="SqliteException">The file is in use or cannot be accessed.</exception>
    /// <exception cref="IOException">The file or its folder cannot be created or moved.</exception>
    public static SqliteConnection Open(string path, out IndexNotice? notice)
    {
        notice = null;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        var connection = Connect(path);
        try
        {
            if (FindDefect(connection, out var wrongRows) is not { } defect)
            {
                if (wrongRows > 0)
                    notice = IndexNotice.RowsDropped(wrongRows);
                return connection;
            }

            notice = Replace(path, ref connection, defect);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sets the file aside and opens a new one in its place, with the song ids that can still be read.</summary>
    public static IndexNotice Replace(string path, ref SqliteConnection connection, string defect)
    {
        var ids = ReadSongIds(connection);
        connection.Dispose();
        var setAside = SetAside(path);
        connection = Connect(path);
        Execute(connection, "PRAGMA journal_mode = WAL");
        CreateSchema(connection);
        WriteSongIds(connection, ids);
        return new IndexNotice(setAside, defect, ids.Count);
    }

    private static SqliteConnection Connect(string path)
    {
        // Without pooling, closing the index really closes the file, so that it can be moved.
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusySeconds };
        var connection = new SqliteConnection(settings.ToString());
        // The file is created here, so that only its owner can read it. SQLite gives its other files the same permissions.
        if (!Path.Exists(path))
            PrivateFile.Open(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {BusySeconds * 1000}; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF;");
            return connection;
        }
        catch (SqliteException error) when (IsDamage(error))
        {
            // The connection stays open: FindDefect will encounter the same error and report it.
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Returns the file's defect; null if there is none. Creates the tables in an empty file, and removes invalid rows.</summary>
    private static string? FindDefect(SqliteConnection connection, out int wrongRows)
    {
        wrongRows = 0;
        try
        {
            var version = Number(connection, "PRAGMA user_version");
            // The ids and receipts in a newer file cannot be recreated, so the file is left unchanged.
            if (version > SchemaVersion)
                throw new NewerIndexException(
                    $"it was written by a newer version of this program (schema {version}; this version supports up to {SchemaVersion}); "
                    + "install that version, or restore a backup from before the upgrade");
            Execute(connection, "PRAGMA journal_mode = WAL");
            if (version == 0 && Number(connection, "SELECT count(*) FROM sqlite_master") == 0)
            {
                CreateSchema(connection);
                return null;
            }

            if (version is < 1
                || Number(
                    connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('files', 'leaves', 'song_ids')") != 3)
                return "it is not a library index";
            // A trigger or view from another program would run together with this program's statements.
            if (Number(connection, "SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view')") != 0)
                return "it is not a library index";
            // The leaves table is not checked here: it is by far the largest, and every read checks the leaves against their hash.
            if (Text(connection, "PRAGMA quick_check('files')") != "ok" || Text(connection, "PRAGMA quick_check('song_ids')") != "ok")
                return "it is damaged";
            if (version < SchemaVersion)
                Migrate(connection, version);
            wrongRows = Execute(connection, DropWrongFiles) + Execute(connection, DropWrongIds);
            return null;
        }
        catch (SqliteException error) when (IsDamage(error))
        {
            return "it is damaged";
        }
        catch (SqliteException error) when (error.SqliteErrorCode == SqliteError)
        {
            // The tables lack a column that this program needs.
            return "it is not a library index";
        }
    }

    private static void CreateSchema(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        Execute(connection, Schema);
        Execute(connection, $"PRAGMA user_version = {SchemaVersion}");
        transaction.Commit();
    }

    /// <summary>Upgrades a file from an older version without losing data.</summary>
    private static void Migrate(SqliteConnection connection, long version)
    {
        using var transaction = connection.BeginTransaction();
        if (version < 2)
            Execute(connection, FilesByStamp);
        if (version < 3)
            Execute(connection, IdsById);
        if (Number(connection, "SELECT count(*) FROM pragma_table_info('files') WHERE name = 'inode'") == 0)
            Execute(connection, FileIdentity);
        // Since version 5: the trackers' receipts for ids.
        if (Number(connection, "SELECT count(*) FROM pragma_table_info('song_ids') WHERE name = 'receipt'") == 0)
            Execute(connection, "ALTER TABLE song_ids ADD COLUMN receipt BLOB");
        if (Number(connection, "SELECT count(*) FROM pragma_table_info('files') WHERE name = 'cover'") == 0)
            Execute(connection, CoverSources);
        // Since version 7: the format contains the ReplayGain. The covers are marked as unknown, so that the next scan reads the songs'
        // tags again.
        if (version < 7)
            Execute(connection, "UPDATE files SET cover = NULL WHERE skip_reason IS NULL");
        Execute(connection, $"PRAGMA user_version = {SchemaVersion}");
        transaction.Commit();
    }

    private static string SetAside(string path)
    {
        var number = 1;
        while (number < MaxSetAside && File.Exists($"{path}.damaged-{number}"))
            number++;
        var target = $"{path}.damaged-{number}";
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            if (File.Exists(path + suffix))
                File.Move(path + suffix, target + suffix, overwrite: true);
        }

        return target;
    }

    /// <summary>
    /// Reads as many song ids and receipts as possible. Without them, a song could receive a new id from the tracker.
    /// </summary>
    private static List<(byte[] Hash, int Id, byte[]? Receipt)> ReadSongIds(SqliteConnection connection)
    {
        var ids = new List<(byte[] Hash, int Id, byte[]? Receipt)>();
        try
        {
            // Before version 5 there were no receipts.
            var receipt = Number(connection, "SELECT count(*) FROM pragma_table_info('song_ids') WHERE name = 'receipt'") == 0
                ? "NULL" : "CASE WHEN typeof(receipt) = 'blob' AND length(receipt) = 16 THEN receipt END";
            using var command = connection.CreateCommand();
            command.CommandText =
                $"SELECT hash, id, {receipt} FROM song_ids WHERE length(hash) = 32 AND id BETWEEN 1 AND 2147483647";
            using var rows = command.ExecuteReader();
            while (rows.Read())
                ids.Add((rows.GetFieldValue<byte[]>(0), rows.GetInt32(1), rows.IsDBNull(2) ? null : rows.GetFieldValue<byte[]>(2)));
        }
        catch (Exception error) when (error is SqliteException or InvalidCastException or OverflowException)
        {
            // The file is damaged. The ids read so far are all that can be recovered.
            return ids;
        }

        return ids;
    }

    private static void WriteSongIds(SqliteConnection connection, List<(byte[] Hash, int Id, byte[]? Receipt)> ids)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO song_ids (hash, id, receipt) VALUES ($hash, $id, $receipt)";
        foreach (var (hash, id, receipt) in ids)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$hash", hash);
            command.Parameters.AddWithValue("$id", id);
            command.Parameters.AddWithValue("$receipt", receipt ?? (object)DBNull.Value);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static int Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql) =>
        Convert.ToInt64(Scalar(connection, sql), CultureInfo.InvariantCulture);

    private static string? Text(SqliteConnection connection, string sql) => Scalar(connection, sql) as string;

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
