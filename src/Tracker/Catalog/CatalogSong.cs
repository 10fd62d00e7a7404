using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>One host's copy of a song: the facts that this host reports, and the copy's place in the order of sharing.</summary>
/// <param name="Host">The host.</param>
/// <param name="Facts">The song as a protobuf <see cref="Song"/> without id and hosts. It must not be modified.</param>
/// <param name="Since">The number of the copy. Later copies have greater numbers.</param>
internal readonly record struct SongCopy(CatalogHost Host, byte[] Facts, long Since);

/// <summary>A song and its hosts at one moment. Immutable. Changing one host is cheap, however many hosts there are.</summary>
internal sealed class CatalogSong
{
    /// <summary>The most hosts in an entry or a grant: no listener tries more, and pages must stay small.</summary>
    public const int MaxHostsListed = 32;

    private readonly SongCopy _first;
    private readonly ImmutableList<SongCopy> _others;
    private readonly int _bytesOfOthers;

    public CatalogSong(int id, SongCopy first)
        : this(id, first, [], 0)
    {
    }

    private CatalogSong(int id, SongCopy first, ImmutableList<SongCopy> others, int bytesOfOthers) =>
        (Id, _first, _others, _bytesOfOthers) = (id, first, others, bytesOfOthers);

    public int Id { get; }

    /// <summary>The song as listed: the facts of the host that has shared it the longest.</summary>
    public byte[] Facts => _first.Facts;

    /// <summary>Its memory, as estimated by <see cref="CatalogMemory"/>.</summary>
    public int MemoryBytes => CatalogMemory.OfFirst(Facts) + _bytesOfOthers;

    public int HostCount => 1 + _others.Count;

    /// <summary>The hosts in the order in which they shared the song.</summary>
    public IEnumerable<CatalogHost> Hosts => _others.Select(copy => copy.Host).Prepend(_first.Host);

    /// <summary>The number of bytes that <see cref="WriteEntry"/> writes.</summary>
    public int EntryLength
    {
        get
        {
            var length = 1 + Varint.Length((uint)Id) + Facts.Length + HostLength(_first.Host);
            for (var other = 0; other < Math.Min(_others.Count, MaxHostsListed - 1); other++)
                length += HostLength(_others[other].Host);
            return length;
        }
    }

    /// <summary>Returns the host at position <paramref name="index"/> of <see cref="Hosts"/>.</summary>
    public CatalogHost HostAt(int index) => index == 0 ? _first.Host : _others[index - 1].Host;

    /// <summary>Returns the copy with number <paramref name="since"/>; null when there is none.</summary>
    public SongCopy? CopyOf(long since) =>
        _first.Since == since ? _first : IndexOf(since) is >= 0 and var index ? _others[index] : null;

    /// <summary>Returns the song with a further copy at the end, or with the copy of the same number replaced.</summary>
    public CatalogSong With(SongCopy copy) =>
        copy.Since == _first.Since ? new CatalogSong(Id, copy, _others, _bytesOfOthers)
        : IndexOf(copy.Since) is >= 0 and var index ? new CatalogSong(
            Id, _first, _others.SetItem(index, copy), BytesWith(copy) - BytesOf(index))
        : new CatalogSong(Id, _first, _others.Add(copy), BytesWith(copy));

    /// <summary>Returns the song without the copy of that number; null when it was the last copy.</summary>
    public CatalogSong? Without(long since)
    {
        if (since != _first.Since)
            return IndexOf(since) is >= 0 and var index
                ? new CatalogSong(Id, _first, _others.RemoveAt(index), _bytesOfOthers - BytesOf(index))
                : this;
        return _others.IsEmpty ? null : new CatalogSong(Id, _others[0], _others.RemoveAt(0), _bytesOfOthers - BytesOf(0));
    }

    /// <summary>Writes the song as a protobuf <see cref="Song"/>: the entry of pages and deltas.</summary>
    /// <returns>The bytes written.</returns>
    public int WriteEntry(Span<byte> destination)
    {
        var at = WriteFacts(destination);
        at += WriteHost(destination[at..], _first.Host);
        for (var other = 0; other < Math.Min(_others.Count, MaxHostsListed - 1); other++)
            at += WriteHost(destination[at..], _others[other].Host);
        return at;
    }

    /// <summary>Writes the song without its hosts.</summary>
    public int WriteFacts(Span<byte> destination)
    {
        destination[0] = Song.IdFieldNumber << 3;
        var at = 1 + Varint.Write(destination[1..], (uint)Id);
        Facts.CopyTo(destination[at..]);
        return at + Facts.Length;
    }

    private static int HostLength(CatalogHost host) => 1 + Varint.Length((uint)host.EncodedLength) + host.EncodedLength;

    private static int WriteHost(Span<byte> destination, CatalogHost host)
    {
        destination[0] = (Song.HostsFieldNumber << 3) | 2;
        var at = 1 + Varint.Write(destination[1..], (uint)host.EncodedLength);
        return at + host.WriteTo(destination[at..]);
    }

    private int BytesOf(int other) => CatalogMemory.OfFurther(_others[other].Facts);

    private int BytesWith(SongCopy other) => _bytesOfOthers + CatalogMemory.OfFurther(other.Facts);

    // The copies are sorted by number.
    private int IndexOf(long since)
    {
        var (low, high) = (0, _others.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var found = _others[middle].Since;
            if (found == since)
                return middle;
            if (found < since)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }
}
