using Microsoft.Data.Sqlite;
using TspActors.Media.Library;

namespace TspActors.Gateway.Storage;

/// <summary>
/// The gateway's database: the SQLite file http.db in the peer's data folder. Thread-safe: it runs one statement or transaction at a time.
/// </summary>
internal sealed class GatewayDatabase : IDisposable
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "http.db";

    private const int SchemaVersion = 1;
    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    private const string Schema = """
        CREATE TABLE songs (hash BLOB NOT NULL PRIMARY KEY, first_seen INTEGER NOT NULL, facts BLOB, away_since INTEGER) WITHOUT ROWID;
        CREATE TABLE groupings (album TEXT NOT NULL PRIMARY KEY, decision TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE marks (id TEXT NOT NULL PRIMARY KEY, starred INTEGER, rating INTEGER NOT NULL, plays INTEGER NOT NULL,
            played INTEGER) WITHOUT ROWID;
        CREATE TABLE playlists (id TEXT NOT NULL PRIMARY KEY, playlist TEXT NOT NULL);
        CREATE TABLE bookmarks (song TEXT NOT NULL PRIMARY KEY, bookmark TEXT NOT NULL);
        CREATE TABLE sessions (hash BLOB NOT NULL PRIMARY KEY, device TEXT NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        """;

    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;

    private GatewayDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens or creates the file.</summary>
    /// <param name="folder">The peer's data folder.</param>
    /// <param name="notice">A message for the user if a damaged file was set aside; otherwise null.</param>
    /// <exception cref="IOException">The file cannot be used; the message says why.</exception>
    public static GatewayDatabase Open(string folder, out string? notice)
    {
        var path = Path.Combine(folder, FileName);
        notice = null;
        try
        {
            try
            {
                return new GatewayDatabase(Connect(path));
            }
            catch (SqliteException error) when (error.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase)
            {
                var aside = $"{path}.damaged-{DateTime.UtcNow:yyyyMMddHHmmss}";
                File.Move(path, aside);
                File.Delete(path + "-wal");
                File.Delete(path + "-shm");
                notice = $"the file with playlists and stars was damaged; it has been renamed to {aside}, and a new one has been created";
                return new GatewayDatabase(Connect(path));
            }
        }
        catch (SqliteException error)
        {
            throw new IOException($"cannot use {path}: {error.Message}", error);
        }
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>The number of changed rows.</returns>
    /// <exception cref="IOException">The statement failed, for example because the disk is full. Nothing was changed.</exception>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_lock)
        {
            try
            {
                using var command = Command(sql, values);
                return command.ExecuteNonQuery();
            }
            catch (SqliteException error)
            {
                throw Explain(error);
            }
        }
    }

    /// <summary>Runs several statements in one transaction.</summary>
    /// <exception cref="IOException">A statement failed. Nothing was changed.</exception>
    public void Transact(Action<Action<string, (string Name, object? Value)[]>> work)
    {
        lock (_lock)
        {
            try
            {
                using var transaction = _connection.BeginTransaction();
                work((sql, values) =>
                {
                    using var command = Command(sql, values);
                    command.Transaction = transaction;
                    command.ExecuteNonQuery();
                });
                transaction.Commit();
            }
            catch (SqliteException error)
            {
                throw Explain(error);
            }
        }
    }

    /// <summary>Reads all rows of a query. A row that <paramref name="convert"/> cannot convert is left out, because one strange value,
    /// which another program may have written, must not keep the peer from starting.</summary>
    public IReadOnlyList<T> Read<T>(string sql, Func<SqliteDataReader, T> convert)
    {
        lock (_lock)
        {
            try
            {
                using var command = Command(sql, []);
                using var reader = command.ExecuteReader();
                var rows = new List<T>();
                while (reader.Read())
                {
                    try
                    {
                        rows.Add(convert(reader));
                    }
                    catch (Exception error) when (error is InvalidCastException or InvalidOperationException or OverflowException
                        or ArgumentException or FormatException or Google.Protobuf.InvalidProtocolBufferException)
                    {
                        // The row contains a null, a number out of range, or bytes that do not encode a song.
                    }
                }

                return rows;
            }
            catch (SqliteException error)
            {
                throw Explain(error);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _connection.Dispose();
    }

    private static SqliteConnection Connect(string path)
    {
        if (!Path.Exists(path))
            PrivateFile.Open(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            Run(connection, "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
            // Otherwise, damage inside the file would be noticed only when the damaged data is read.
            if (Ask(connection, "PRAGMA quick_check(1)") is not "ok" and var damage)
                throw new SqliteException($"the file is damaged: {damage}", SqliteCorrupt);
            var known = Convert.ToInt32(Ask(connection, "PRAGMA user_version"), System.Globalization.CultureInfo.InvariantCulture);
            if (known == 0)
                Run(connection, $"BEGIN; {Schema} PRAGMA user_version = {SchemaVersion}; COMMIT;");
            else if (known != SchemaVersion)
                throw new IOException(
                    $"{path} was written by a newer version of this program; update this program, or move the file aside");
            Run(connection, "PRAGMA journal_mode = WAL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static IOException Explain(SqliteException error) => new($"cannot read or write playlists and stars: {error.Message}", error);

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
