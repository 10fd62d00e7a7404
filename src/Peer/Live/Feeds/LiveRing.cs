namespace TspActors.Peer.Live.Feeds;

/// <summary>Holds the newest chunks of a live feed, up to about a given amount of sound. Each change creates a new array.</summary>
/// <param name="held">How much sound to hold.</param>
internal sealed class LiveRing(TimeSpan held)
{
    // Bounds the memory of a feed whose chunks are very short.
    private const int MaxChunks = 4_096;

    /// <summary>The held chunks, oldest first.</summary>
    public FeedChunk[] Chunks { get; private set; } = [];

    /// <summary>Adds a chunk, and drops the oldest ones beyond the limit.</summary>
    public void Add(FeedChunk chunk)
    {
        var keepFrom = 0;
        var sound = chunk.Duration;
        foreach (var old in Chunks)
            sound += old.Duration;
        while (keepFrom < Chunks.Length && (sound > held || Chunks.Length - keepFrom >= MaxChunks))
            sound -= Chunks[keepFrom++].Duration;
        var chunks = new FeedChunk[Chunks.Length - keepFrom + 1];
        Array.Copy(Chunks, keepFrom, chunks, 0, chunks.Length - 1);
        chunks[^1] = chunk;
        Chunks = chunks;
    }

    /// <summary>Drops everything.</summary>
    public void Clear() => Chunks = [];
}
