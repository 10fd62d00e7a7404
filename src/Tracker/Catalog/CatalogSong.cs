using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>One host's copy of a song: the facts that this host reports, and the copy's number in the order of sharing.</summary>
/// <param name="Host">The host.</param>
/// <param name="Facts">The song as a protobuf <see cref="Song"/> without id and hosts. It must not be modified.</param>
/// <param name="Since">The number of the copy. Later copies have higher numbers.</param>
internal readonly record struct SongCopy(CatalogHost Host, byte[] Facts, long Since);

/// <summary>A song and its hosts at one moment. Immutable. Changing one host is cheap, no matter how many hosts there are.</summary>
internal sealed class CatalogSong
{
    /// <summary>
    /// The maximum number of hosts in a grant, and in the reply to an INFO request for one song. No requester tries more.
    /// </summary>
    public const int MaxGrantedHosts = 32;

    /// <summary>
    /// The maximum number of hosts in pages and broadcasts, which go to every peer. The hosts that have had the song longest are listed.
    /// </summary>
    public const int MaxHostsListed = 8;

    private readonly SongCopy _first;
    private readonly ImmutableList<SongCopy> _others;
    private readonly int _bytesOfOthers;

    // False while all copies share one array of facts, which is nearly always the case.
    private readonly bool _isContested;

    // The facts that were listed before this change.
    private readonly byte[]? _before;
    private byte[]? _elected;

    public CatalogSong(int id, SongCopy first)
        : this(id, first, [], 0, false, null)
    {
    }

    private CatalogSong(int id, SongCopy first, ImmutableList<SongCopy> others, int bytesOfOthers, bool isContested, byte[]? before) =>
        (Id, _first, _others, _bytesOfOthers, _isContested, _before) = (id, first, others, bytesOfOthers, isContested, before);

    public int Id { get; }

    /// <summary>The listed facts: those that the hosts report, or elected ones if the hosts disagree (<see cref="SongVote"/>).</summary>
    // This property needs no lock: the writer reads it before it publishes the song, and any thread would compute the same result.
    public byte[] Facts => _isContested ? _elected ??= SongVote.Elect(_others.Prepend(_first), _before) : _first.Facts;

    /// <summary>Whether the song is listed as a live feed. Each call parses the facts.</summary>
    public bool IsLive => Song.Parser.ParseFrom(Facts).Live;

    /// <summary>
    /// The memory that the song uses, as estimated by <see cref="CatalogMemory"/>. Elected facts may need an additional array.
    /// </summary>
    public int MemoryBytes =>
        CatalogMemory.OfFirst(_first.Facts) + _bytesOfOthers + (_isContested ? CatalogMemory.OfFurther(_first.Facts) : 0);

    public int HostCount => 1 + _others.Count;

    /// <summary>The hosts in the order in which they shared the song.</summary>
    public IEnumerable<CatalogHost> Hosts => _others.Select(copy => copy.Host).Prepend(_first.Host);

    /// <summary>The number of bytes that <see cref="WriteEntry"/> writes with <see cref="MaxHostsListed"/> hosts.</summary>
    public int EntryLength => EntryLengthWith(MaxHostsListed);

    /// <summary>Returns the number of bytes that <see cref="WriteEntry"/> writes.</summary>
    /// <param name="hosts">The maximum number of hosts in the entry.</param>
    public int EntryLengthWith(int hosts)
    {
        var length = 1 + Varint.Length((uint)Id) + Facts.Length + HostLength(_first.Host);
        for (var other = 0; other < Math.Min(_others.Count, hosts - 1); other++)
            length += HostLength(_others[other].Host);
        return length;
    }

    /// <summary>Returns the host at position <paramref name="index"/> of <see cref="Hosts"/>.</summary>
    public CatalogHost HostAt(int index) => index == 0 ? _first.Host : _others[index - 1].Host;

    /// <summary>Returns the copy with number <paramref name="since"/>; null if there is none.</summary>
    public SongCopy? CopyOf(long since) =>
        _first.Since == since ? _first : IndexOf(since) is >= 0 and var index ? _others[index] : null;

    /// <summary>Returns the song with an additional copy at the end, or with the copy of the same number replaced.</summary>
    public CatalogSong With(SongCopy copy)
    {
        if (copy.Since == _first.Since)
            return Next(copy, _others, _bytesOfOthers, _isContested || !_others.IsEmpty);
        var isContested = _isContested || !ReferenceEquals(copy.Facts, _first.Facts);
        return IndexOf(copy.Since) is >= 0 and var index
            ? Next(_first, _others.SetItem(index, copy), BytesWith(copy) - BytesOf(index), isContested)
            : Next(_first, _others.Add(copy), BytesWith(copy), isContested);
    }

    /// <summary>Returns the song without the copy with number <paramref name="since"/>; null if that was the last copy.</summary>
    public CatalogSong? Without(long since)
    {
        if (since != _first.Since)
            return IndexOf(since) is >= 0 and var index
                ? Next(_first, _others.RemoveAt(index), _bytesOfOthers - BytesOf(index), _isContested)
                : this;
        return _others.IsEmpty ? null : Next(_others[0], _others.RemoveAt(0), _bytesOfOthers - BytesOf(0), _isContested);
    }

    /// <summary>
    /// Returns the song's own array if it has one with the same facts, otherwise <paramref name="facts"/>. Most hosts report the same
    /// facts.
    /// </summary>
    public byte[] SharedFacts(byte[] facts) =>
        _first.Facts.AsSpan().SequenceEqual(facts) ? _first.Facts
        : (_elected ?? _before) is { } listed && listed.AsSpan().SequenceEqual(facts) ? listed
        : facts;

    /// <summary>
    /// Returns true if it is certain that pages list both songs alike, except for whether their hosts' ports are reachable. Otherwise
    /// returns false, even if they may be alike.
    /// </summary>
    public bool IsListedLike(CatalogSong other)
    {
        var hosts = Math.Min(HostCount, MaxHostsListed);
        if (_isContested || other._isContested || !ReferenceEquals(_first.Facts, other._first.Facts))
            return false;
        if (hosts != Math.Min(other.HostCount, MaxHostsListed))
            return false;
        for (var host = 0; host < hosts; host++)
        {
            if (!ReferenceEquals(HostAt(host), other.HostAt(host)))
                return false;
        }

        return true;
    }

    /// <summary>Returns whether pages list the same facts and hosts for both songs, regardless of the order of the hosts.</summary>
    public bool HasSameListing(CatalogSong other)
    {
        var hosts = Math.Min(HostCount, MaxHostsListed);
        if (hosts != Math.Min(other.HostCount, MaxHostsListed) || !Facts.AsSpan().SequenceEqual(other.Facts))
            return false;
        for (var host = 0; host < hosts; host++)
        {
            var at = 0;
            while (at < hosts && !HostAt(host).IsListedLike(other.HostAt(at)))
                at++;
            if (at == hosts)
                return false;
        }

        return true;
    }

    /// <summary>Writes the song as a protobuf <see cref="Song"/>, which is its entry in pages and deltas.</summary>
    /// <param name="destination">Receives the entry.</param>
    /// <param name="hosts">The maximum number of hosts in the entry.</param>
    /// <returns>The number of bytes written.</returns>
    public int WriteEntry(Span<byte> destination, int hosts = MaxHostsListed)
    {
        var at = WriteFacts(destination);
        at += WriteHost(destination[at..], _first.Host);
        for (var other = 0; other < Math.Min(_others.Count, hosts - 1); other++)
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

    private CatalogSong Next(SongCopy first, ImmutableList<SongCopy> others, int bytesOfOthers, bool isContested) =>
        new(Id, first, others, bytesOfOthers, isContested && !others.IsEmpty, isContested ? _elected ?? _before ?? _first.Facts : null);

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
