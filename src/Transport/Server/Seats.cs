using System.Diagnostics.CodeAnalysis;

namespace TspActors.Transport.Server;

/// <summary>
/// The connections of a server that nobody needs yet, oldest first: the order in which they give way when all seats are taken.
/// </summary>
/// <typeparam name="T">What names a connection.</typeparam>
internal sealed class Seats<T>
    where T : notnull
{
    private readonly LinkedList<T> _unused = [];
    private readonly Dictionary<T, LinkedListNode<T>> _places = [];

    /// <summary>Adds a connection, or one that is no longer in use, as the newest.</summary>
    public void Add(T connection)
    {
        if (!_places.ContainsKey(connection))
            _places.Add(connection, _unused.AddLast(connection));
    }

    /// <summary>Removes a connection that is in use now, or gone.</summary>
    public void Remove(T connection)
    {
        if (_places.Remove(connection, out var place))
            _unused.Remove(place);
    }

    /// <summary>Removes the connection that has been unused for the longest time.</summary>
    /// <returns>False when all are in use.</returns>
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
