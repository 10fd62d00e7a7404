using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace TspActors.Transport.Server;

/// <summary>
/// A server's unused connections, oldest first: those that belong to no registered peer and carry no stream. When a limit on
/// connections is reached (in total, per address or per network), the oldest unused connection that counts towards it is closed to admit
/// a new one.
/// </summary>
/// <typeparam name="T">The type that identifies a connection.</typeparam>
internal sealed class Seats<T>
    where T : notnull
{
    private readonly Dictionary<AddressGroup, LinkedList<T>> _unused = [];
    private readonly Dictionary<T, (AddressGroup Group, LinkedListNode<T> Node)[]> _places = [];

    /// <summary>Adds a new connection, or one that is no longer in use, as the newest.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="address">The address of its remote end.</param>
    public void Add(T connection, IPAddress address)
    {
        if (_places.ContainsKey(connection))
            return;
        var groups = AddressGroup.Around(address);
        var places = new (AddressGroup, LinkedListNode<T>)[groups.Length + 1];
        for (var i = 0; i < places.Length; i++)
        {
            var group = i < groups.Length ? groups[i] : AddressGroup.Everyone;
            if (!_unused.TryGetValue(group, out var list))
                _unused.Add(group, list = []);
            places[i] = (group, list.AddLast(connection));
        }

        _places.Add(connection, places);
    }

    /// <summary>Removes a connection that is now in use, or has closed.</summary>
    public void Remove(T connection)
    {
        if (!_places.Remove(connection, out var places))
            return;
        foreach (var (group, node) in places)
        {
            var list = _unused[group];
            list.Remove(node);
            if (list.Count == 0)
                _unused.Remove(group);
        }
    }

    /// <summary>Removes the connection that has been unused the longest.</summary>
    /// <param name="group">The addresses that the connection must come from.</param>
    /// <param name="connection">The connection.</param>
    /// <returns>False if no unused connection comes from these addresses.</returns>
    public bool TryRemoveOldest(AddressGroup group, [MaybeNullWhen(false)] out T connection)
    {
        connection = default;
        if (!_unused.TryGetValue(group, out var list))
            return false;
        connection = list.First!.Value;
        Remove(connection);
        return true;
    }
}
