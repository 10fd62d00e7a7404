using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Live.Feeds;

/// <summary>The held audio of a live feed at one moment. All listeners share it. Immutable.</summary>
/// <param name="Identity">The feed.</param>
/// <param name="Chunks">The held chunks, oldest first. Their numbers increase, but a relay may be missing some of them.</param>
/// <param name="Path">The peers on the path from the source to this host.</param>
/// <param name="ChunkDuration">The usual duration of a chunk.</param>
/// <param name="Burst">How much audio a listener receives immediately when it joins.</param>
/// <param name="Format">The format of the audio.</param>
internal sealed record FeedSnapshot(
    FeedIdentity Identity, FeedChunk[] Chunks, IReadOnlyList<PeerId> Path, TimeSpan ChunkDuration, TimeSpan Burst, AudioFormat Format)
{
    /// <summary>The measured bitrate, which the hosting limits use; 0 = unknown. The bitrate in the format changes less often.</summary>
    public uint BitrateBps { get; init; }

    /// <summary>The newest chunk.</summary>
    public FeedChunk Edge => Chunks[^1];

    /// <summary>
    /// Returns the index of the first held chunk with this number or a higher one; the number of chunks if there is none.
    /// </summary>
    public int IndexOf(ulong sequence)
    {
        int low = 0, high = Chunks.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Chunks[middle].Sequence < sequence)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Returns the index of the first chunk for a listener that joins now.</summary>
    public int JoinIndex()
    {
        var index = Chunks.Length - 1;
        for (var sound = Chunks[index].Duration; index > 0 && sound < Burst; index--)
            sound += Chunks[index - 1].Duration;
        return index;
    }

    /// <summary>Returns the <see cref="LiveStart"/> for a stream with the given beginning.</summary>
    public LiveStart Describe(LiveBeginning first) => new()
    {
        FirstSequence = first.Sequence,
        FirstTimeMs = first.TimeMs,
        EdgeTimeMs = Edge.EndMs,
        ChunkMs = (uint)ChunkDuration.TotalMilliseconds,
        SourceId = UnsafeByteOperations.UnsafeWrap(Identity.Source.ToArray()),
        FeedName = Identity.Name,
        SourceKey = Identity.SourceKey,
        Path = { Path.Select(peer => UnsafeByteOperations.UnsafeWrap(peer.ToArray())) },
    };
}

/// <summary>Where a listener's stream begins.</summary>
/// <param name="Sequence">The number of its first chunk, which may not have been made yet.</param>
/// <param name="TimeMs">When the audio of that chunk begins, as Unix time in milliseconds.</param>
/// <param name="Title">The title at that time; <see cref="FeedTitle.None"/> if it is unknown.</param>
internal readonly record struct LiveBeginning(ulong Sequence, ulong TimeMs, FeedTitle Title);
