namespace TspActors.Tracker.Catalog;

/// <summary>What the registry knows of one registered peer: which songs it has, and how much that is.</summary>
internal sealed record Registration(CatalogHost Host)
{
    private long _namedBytes;

    /// <summary>Its songs by id, each with the number of its copy.</summary>
    public Dictionary<int, long> Songs { get; private init; } = [];

    /// <summary>What they would take in memory if nobody else had them, by <see cref="CatalogMemory"/>.</summary>
    public long Bytes { get; set; }

    /// <summary>While a complete share comes in frames: what it named so far.</summary>
    public HashSet<int>? SeenInSnapshot { get; private set; }

    /// <summary>The same songs, of the same peer at another connection; until its share has come they are what it had at the one before.</summary>
    public Registration MovedTo(CatalogHost host) => new(host) { Songs = Songs, Bytes = Bytes };

    /// <summary>A frame of a complete share has come.</summary>
    public void BeginSnapshot() => SeenInSnapshot ??= [];

    /// <summary>The last one has.</summary>
    public void EndSnapshot() => (SeenInSnapshot, _namedBytes) = (null, 0);

    /// <summary>The share that comes names that song.</summary>
    public void Name(int id, byte[] facts)
    {
        if (SeenInSnapshot?.Add(id) ?? false)
            _namedBytes += CatalogMemory.OfFirst(facts);
    }

    /// <summary>True when song <paramref name="id"/> would be one too many. What a complete share does not name goes at its end, so it does not count meanwhile.</summary>
    public bool IsFull(int id, int max) => SeenInSnapshot is { } seen
        ? seen.Count >= max && !seen.Contains(id)
        : Songs.Count >= max && !Songs.ContainsKey(id);

    /// <summary>True when its songs would be too large with <paramref name="facts"/> in the place of those of so many bytes.</summary>
    public bool IsTooLarge(int id, byte[] facts, int before, long max) => SeenInSnapshot is { } seen
        ? _namedBytes + (seen.Contains(id) ? 0 : CatalogMemory.OfFirst(facts)) > max
        : Bytes - before + CatalogMemory.OfFirst(facts) > max;
}
