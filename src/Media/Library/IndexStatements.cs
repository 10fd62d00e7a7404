using Microsoft.Data.Sqlite;

namespace TspActors.Media.Library;

/// <summary>An SQLite connection with its prepared statements. Parameters are named $1, $2 and so on. Not thread-safe.</summary>
internal sealed class IndexStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    private SqliteTransaction? _transaction;

    public SqliteConnection Connection => connection;

    /// <summary>Runs <paramref name="write"/> in a transaction.</summary>
    public void InTransaction(Action write)
    {
        using var transaction = _transaction = connection.BeginTransaction();
        try
        {
            write();
            transaction.Commit();
        }
        finally
        {
            _transaction = null;
        }
    }

    public SqliteDataReader Query(string sql, params ReadOnlySpan<object> values) => Prepare(sql, values).ExecuteReader();

    public object? Scalar(string sql, params ReadOnlySpan<object> values) => Prepare(sql, values).ExecuteScalar();

    public void Execute(string sql, params ReadOnlySpan<object> values) => Prepare(sql, values).ExecuteNonQuery();

    public void DisposeStatements()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _commands.Clear();
    }

    public void Dispose()
    {
        DisposeStatements();
        connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            // The statements are constants in LibraryIndex. External values are always passed as parameters.
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var index = 1; index <= values.Length; index++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${index}" });
            _commands.Add(sql, command);
        }

        command.Transaction = _transaction;
        for (var index = 0; index < values.Length; index++)
            command.Parameters[index].Value = values[index];
        return command;
    }
}
