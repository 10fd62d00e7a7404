using System.Diagnostics.CodeAnalysis;

namespace TspActors.Transport.Server;

/// <summary>
/// A server's unused connections (no registered peer and no stream), oldest first. When the server is full, the oldest of them is closed
/// to admit a new connection.
/// </summary>
/// <typeparam name="T">The type that identifies a connection.</typeparam>
internal sealed class Seats<T>
    where T : notnull
{
    private readonly LinkedList<T> _unused = [];
    private readonly Dictionary<T, LinkedListNode<T>> _places = [];

    /// <summary>Adds a new connection, or one that is no longer used, as the newest.</summary>
    public void Add(T connection)
    {
        if (!_places.ContainsKey(connection))
            _places.Add(connection, _unused.AddLast(connection));
    }

    /// <summary>Removes a connection that is now used, or is closed.</summary>
    public void Remove(T connection)
    {
        if (_places.Remove(connection, out var place))
            _unused.Remove(place);
    }

    /// <summary>Removes the connection that has been unused for the longest time.</summary>
    /// <returns>False if there is no unused connection.</returns>
    public bool TryRemoveOldest([MaybeNullWhen(false)] out T connection)
    {
        connection = default;
        if (_unused.First is not { } oldest)
            return false;
        connection = oldest.Value;
        Remove(connection);
        return true;
    }
}
