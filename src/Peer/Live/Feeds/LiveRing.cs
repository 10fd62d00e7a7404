namespace TspActors.Peer.Live.Feeds;

/// <summary>Keeps the newest chunks of a live feed, up to about a given amount of audio. Each change creates a new array.</summary>
/// <param name="held">How much audio to keep.</param>
internal sealed class LiveRing(TimeSpan held)
{
    // These limits bound the memory of a feed with very short chunks, or with chunks that are much larger than their duration justifies.
    private const int MaxChunks = 4_096;
    private const long MaxBytes = 64 << 20;

    /// <summary>The held chunks, oldest first.</summary>
    public FeedChunk[] Chunks { get; private set; } = [];

    /// <summary>Adds a chunk, and drops the oldest ones beyond the limits.</summary>
    public void Add(FeedChunk chunk)
    {
        var keepFrom = 0;
        var (sound, bytes) = (chunk.Duration, (long)chunk.Mp3.Length);
        foreach (var old in Chunks)
            (sound, bytes) = (sound + old.Duration, bytes + old.Mp3.Length);
        while (keepFrom < Chunks.Length && (sound > held || bytes > MaxBytes || Chunks.Length - keepFrom >= MaxChunks))
        {
            var dropped = Chunks[keepFrom++];
            (sound, bytes) = (sound - dropped.Duration, bytes - dropped.Mp3.Length);
        }

        var chunks = new FeedChunk[Chunks.Length - keepFrom + 1];
        Array.Copy(Chunks, keepFrom, chunks, 0, chunks.Length - 1);
        chunks[^1] = chunk;
        Chunks = chunks;
    }

    /// <summary>Drops all chunks.</summary>
    public void Clear() => Chunks = [];
}
