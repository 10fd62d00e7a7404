using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>One registered peer: its host, its songs and their size.</summary>
/// <param name="Host">The peer as a host.</param>
/// <param name="Account">The account of the peer's address.</param>
internal sealed record Registration(CatalogHost Host, AddressMemory.Account Account)
{
    private long _namedBytes;

    /// <summary>The peer's songs by id, each with the number of its copy.</summary>
    public Dictionary<int, long> Songs { get; private init; } = new(SongIdComparer.Instance);

    /// <summary>The memory that the songs would take if no other peer had them, as estimated by <see cref="CatalogMemory"/>.</summary>
    public long Bytes { get; private set; }

    /// <summary>The songs that the current complete share has named so far; null if no complete share is under way.</summary>
    public HashSet<int>? SeenInSnapshot { get; private set; }

    /// <summary>
    /// Returns the registration of the same peer on a new connection. It keeps the songs from the previous connection until the peer has
    /// shared all of its songs again.
    /// </summary>
    public Registration MovedTo(CatalogHost host, AddressMemory.Account account) => new(host, account) { Songs = Songs, Bytes = Bytes };

    /// <summary>Adds bytes to the memory of the songs, and to the account of the peer's address.</summary>
    public void Charge(int bytes)
    {
        Bytes += bytes;
        Account.Charge(bytes);
    }

    /// <summary>Begins a complete share, or continues the current one.</summary>
    public void BeginSnapshot() => SeenInSnapshot ??= new HashSet<int>(SongIdComparer.Instance);

    /// <summary>Ends the complete share.</summary>
    public void EndSnapshot() => (SeenInSnapshot, _namedBytes) = (null, 0);

    /// <summary>Records that the current share names a song.</summary>
    public void Name(int id, byte[] facts)
    {
        if (SeenInSnapshot?.Add(id) ?? false)
            _namedBytes += CatalogMemory.OfFirst(facts);
    }

    /// <summary>
    /// Returns true if song <paramref name="id"/> would exceed the limit. During a complete share, only the songs that the share has named
    /// count, because the others are withdrawn at its end.
    /// </summary>
    public bool IsFull(int id, int max) => SeenInSnapshot is { } seen
        ? seen.Count >= max && !seen.Contains(id)
        : Songs.Count >= max && !Songs.ContainsKey(id);

    /// <summary>
    /// Returns true if the songs would exceed the memory limit after <paramref name="facts"/> replaced the song's current facts, which use
    /// <paramref name="before"/> bytes. During a complete share, only the songs that the share has named count.
    /// </summary>
    public bool IsTooLarge(int id, byte[] facts, int before, long max) => SeenInSnapshot is { } seen
        ? _namedBytes + (seen.Contains(id) ? 0 : CatalogMemory.OfFirst(facts)) > max
        : Bytes - before + CatalogMemory.OfFirst(facts) > max;
}
