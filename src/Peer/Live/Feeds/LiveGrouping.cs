namespace TspActors.Peer.Live.Feeds;

/// <summary>
/// Decides how many chunks of a live feed go out in one write. Fewer, longer writes cost less, but a listener's reserve of audio shrinks by
/// up to the duration of a group before each write.
/// </summary>
/// <remarks>
/// The groups of different listeners end at different chunks, which spreads the writes out. A host that relays a feed uses smaller groups:
/// it already receives the chunks in groups, and the delays of all relays between the source and a listener add up.
/// </remarks>
internal static class LiveGrouping
{
    /// <summary>The maximum number of chunks in a group.</summary>
    public const int LongGroup = 4;

    private const int ShortGroup = 2;

    // A listener with this many groups in reserve does not notice that it receives an entire group at a time.
    private const int ReservedGroups = 3;

    /// <summary>Returns the number of chunks in a group.</summary>
    public static int SizeFor(FeedSnapshot snapshot)
    {
        // The path ends with this host. At the source, it contains no other peer.
        var most = snapshot.Path.Count > 1 ? ShortGroup : LongGroup;
        var size = most;
        while (size > 1 && snapshot.Burst < ReservedGroups * size * snapshot.ChunkDuration)
            size /= 2;
        return size;
    }

    /// <summary>Returns whether a listener's next group is still incomplete.</summary>
    /// <param name="snapshot">The audio that the feed currently keeps.</param>
    /// <param name="next">The number of the chunk that the listener receives next.</param>
    /// <param name="listener">A number that differs between listeners.</param>
    public static bool IsIncomplete(FeedSnapshot snapshot, ulong next, long listener)
    {
        var size = (ulong)SizeFor(snapshot);
        var edge = snapshot.Edge.Sequence;
        return next <= edge && edge - next + 1 < size && (edge + (ulong)listener) % size != 0;
    }

    /// <summary>Returns a group as it is sent. Listeners whose groups begin with the same chunk share the bytes.</summary>
    /// <param name="group">The chunks.</param>
    /// <param name="songId">The song's id in the headers.</param>
    /// <param name="withProofs">Whether the listener wants proofs.</param>
    /// <param name="gap">Whether the listener missed chunks before the first one.</param>
    public static ReadOnlyMemory<byte> Encode(FeedChunk[] group, int songId, bool withProofs, bool gap)
    {
        if (group.Length == 1)
            return group[0].Encode(songId, withProofs, gap);
        if (gap && withProofs)
            return Join(group, songId, withProofs, gap);
        var kind = new EncodedGroup.Kind(group.Length, songId, withProofs);
        if (group[0].Group is { } known && known.Of == kind && known.Bytes.TryGetTarget(out var shared))
            return shared;
        var bytes = Join(group, songId, withProofs, gap);
        group[0].Group = new EncodedGroup(kind, new WeakReference<byte[]>(bytes));
        return bytes;
    }

    private static byte[] Join(FeedChunk[] group, int songId, bool withProofs, bool gap)
    {
        var parts = group.Select((chunk, index) => chunk.Encode(songId, withProofs, gap && index == 0)).ToArray();
        var bytes = new byte[parts.Sum(part => part.Length)];
        var offset = 0;
        foreach (var part in parts)
        {
            part.CopyTo(bytes.AsMemory(offset));
            offset += part.Length;
        }

        return bytes;
    }
}
