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

    /// <summary>The memory that the songs would use if no other peer had them, as estimated by <see cref="CatalogMemory"/>.</summary>
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
    /// <param name="id">The song.</param>
    /// <param name="before">The memory that it used before.</param>
    /// <param name="bytes">The memory that it uses now.</param>
    public void Name(int id, int before, int bytes)
    {
        if (SeenInSnapshot is { } seen)
            _namedBytes += bytes - (seen.Add(id) ? 0 : before);
    }

    /// <summary>Removes a song, which uses <paramref name="bytes"/> bytes, from those that the current share has named.</summary>
    public void Unname(int id, int bytes)
    {
        if (SeenInSnapshot?.Remove(id) == true)
            _namedBytes -= bytes;
    }

    /// <summary>
    /// Returns true if song <paramref name="id"/> would exceed the limit. During a complete share, only the songs that the share has named
    /// count, because the others are withdrawn at its end.
    /// </summary>
    public bool IsFull(int id, int max) => SeenInSnapshot is { } seen
        ? seen.Count >= max && !seen.Contains(id)
        : Songs.Count >= max && !Songs.ContainsKey(id);

    /// <summary>
    /// Returns true if the songs would exceed the memory limit after a song has been added or replaced. During a complete share, only the
    /// songs that the share has named count.
    /// </summary>
    /// <param name="id">The song.</param>
    /// <param name="before">The memory that it uses now; 0 = it is new.</param>
    /// <param name="bytes">The memory that it would use.</param>
    /// <param name="max">The limit.</param>
    public bool IsTooLarge(int id, int before, int bytes, long max) => SeenInSnapshot is { } seen
        ? _namedBytes - (seen.Contains(id) ? before : 0) + bytes > max
        : Bytes - before + bytes > max;
}
