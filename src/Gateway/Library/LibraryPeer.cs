using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>A peer that shares songs or a live feed, as clients see it. Strings are cleaned for display. Immutable.</summary>
internal sealed record LibraryPeer
{
    public required PeerId Id { get; init; }

    /// <summary>The name that its owner chose. Never empty.</summary>
    public required string Name { get; init; }

    /// <summary>The name by which lists are sorted.</summary>
    public required string SortName { get; init; }

    /// <summary>The number of songs that it has according to the tracker, counting every encoding of a track.</summary>
    public int SongCount { get; init; }

    /// <summary>Whether others can connect to its port.</summary>
    public bool IsReachable { get; init; }

    /// <summary>Whether the tracker can ask it to call back requesters that cannot connect to it.</summary>
    public bool IsCallable { get; init; }

    /// <summary>Whether it speaks TLS.</summary>
    public bool IsSecure { get; init; }

    /// <summary>
    /// The number of streams that the peer is sending; 0 until requested from the tracker, because the number is not in the catalog.
    /// </summary>
    public int ActiveStreams { get; init; }

    /// <summary>The maximum number of streams; 0 = no limit, or not known.</summary>
    public int MaxStreams { get; init; }

    /// <summary>Creates a peer from a tracker's description of a host.</summary>
    /// <returns>The peer; null if the host has no valid id.</returns>
    public static LibraryPeer? Of(Host host)
    {
        if (host.PeerId.Length != PeerId.Size)
            return null;
        var name = ShownText.Clean(host.Name) is { Length: > 0 } shown ? shown : "[Unnamed peer]";
        return new LibraryPeer
        {
            Id = new PeerId(host.PeerId.Span),
            Name = name,
            SortName = ShownText.SortName(name),
            IsReachable = host.Reachable,
            IsCallable = host.Callable,
            IsSecure = host.Secure,
            ActiveStreams = (int)Math.Min(host.ActiveStreams, int.MaxValue),
            MaxStreams = (int)Math.Min(host.MaxStreams, int.MaxValue),
        };
    }

    /// <summary>Compares peers by name.</summary>
    public static int ByName(LibraryPeer left, LibraryPeer right) =>
        string.CompareOrdinal(left.SortName, right.SortName) is not 0 and var order
            ? order
            : string.CompareOrdinal(left.Id.ToString(), right.Id.ToString());
}
