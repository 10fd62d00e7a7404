using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>A change of the catalog as BROADCAST_LIST frames: one, or several where one would be too long.</summary>
internal static class DeltaFrames
{
    /// <summary>Body bytes of a frame: what comes between two frames must not wait long.</summary>
    private const int MaxBodyBytes = 256 * 1024;

    /// <summary>Bytes of a body besides songs and ids: two versions, and tag and length of the ids.</summary>
    private const int LongestRest = 32;

    /// <summary>
    /// The frames, in order; empty when they would be longer than <paramref name="maxBytes"/> together and everyone had better list again.
    /// All but the first add a version each, so the last one leads to <paramref name="to"/> and as many more as there are further frames.
    /// </summary>
    /// <remarks>
    /// The first one leads to <paramref name="to"/> already: who has listed an older catalog since <paramref name="from"/> needs all of
    /// them, and who has the newest needs none and may apply them. With versions shared out in between, such a client would pass over
    /// frames of which it lacks songs.
    /// </remarks>
    public static ImmutableArray<ReadOnlyMemory<byte>> Of(
        ulong from, ulong to, IReadOnlyList<CatalogSong> changed, IReadOnlyList<int> removed, long maxBytes)
    {
        var parts = new List<Part> { default };
        for (var song = 0; song < changed.Count; song++)
            PartFor(parts, changed[song].EntryLength is var length ? 1 + Varint.Length((uint)length) + length : 0).Songs++;
        foreach (var id in removed)
            PartFor(parts, Varint.Length((uint)id)).Ids++;
        if (parts.Sum(part => (long)FrameHeader.SizeWithLength + LongestRest + part.Bytes) > maxBytes)
            return [];

        var frames = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(parts.Count);
        var (songs, ids) = (0, 0);
        foreach (var part in parts)
        {
            var later = (ulong)frames.Count;
            frames.Add(Encode(
                later == 0 ? from : to + later - 1, to + later, changed.Skip(songs).Take(part.Songs), removed.Skip(ids).Take(part.Ids)));
            songs += part.Songs;
            ids += part.Ids;
        }

        return frames.MoveToImmutable();
    }

    /// <summary>A BROADCAST_LIST that no version fits: whoever gets it lists again.</summary>
    public static byte[] ListAgain(ulong version) =>
        FrameEncoder.Encode(Operation.BroadcastList, 0, new CatalogDelta { FromVersion = version, ToVersion = version });

    private static ref Part PartFor(List<Part> parts, int bytes)
    {
        if (parts[^1].Bytes > 0 && parts[^1].Bytes + bytes > MaxBodyBytes - LongestRest)
            parts.Add(default);
        ref var part = ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(parts)[^1];
        part.Bytes += bytes;
        return ref part;
    }

    private static ReadOnlyMemory<byte> Encode(ulong from, ulong to, IEnumerable<CatalogSong> changed, IEnumerable<int> removed)
    {
        var tail = new CatalogDelta { FromVersion = from, ToVersion = to, Removed = { removed } };
        var songs = changed.Select(song => (Song: song, Length: song.EntryLength)).ToArray();
        var length = tail.CalculateSize() + songs.Sum(song => 1 + Varint.Length((uint)song.Length) + song.Length);
        // The order of fields in a message is free.
        var bytes = new byte[FrameHeader.SizeWithLength + length];
        var at = new FrameHeader(Operation.BroadcastList, 0, true, (uint)length).Write(bytes);
        foreach (var song in songs)
        {
            bytes[at++] = (CatalogDelta.ChangedFieldNumber << 3) | 2;
            at += Varint.Write(bytes.AsSpan(at), (uint)song.Length);
            at += song.Song.WriteEntry(bytes.AsSpan(at));
        }

        Google.Protobuf.MessageExtensions.WriteTo(tail, bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>What one frame holds: so many songs and so many ids of songs that are gone.</summary>
    private record struct Part(int Songs, int Ids, int Bytes);
}
