using Microsoft.Data.Sqlite;

namespace TspActors.Media.Library;

/// <summary>Copies SQLite databases that may be in use.</summary>
public static class DatabaseCopy
{
    /// <summary>Makes a consistent copy of a database.</summary>
    /// <param name="source">The database.</param>
    /// <param name="target">An empty file.</param>
    /// <exception cref="IOException">The database cannot be read.</exception>
    public static void Copy(string source, string target)
    {
        try
        {
            using var from = Open(source);
            using var to = Open(target);
            from.BackupDatabase(to);
            // Without this, a journal file would remain next to the copy.
            using var command = to.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = DELETE";
            command.ExecuteNonQuery();
        }
        catch (SqliteException error)
        {
            throw new IOException($"{source} cannot be copied: {error.Message}", error);
        }
    }

    private static SqliteConnection Open(string path)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = 30,
            Mode = SqliteOpenMode.ReadWrite,
        };
        var connection = new SqliteConnection(settings.ToString());
        connection.Open();
        return connection;
    }
}
