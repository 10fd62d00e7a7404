using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>Encodes a catalog change as BROADCAST_LIST frames: one, or several if one frame would be too long.</summary>
internal static class DeltaFrames
{
    /// <summary>
    /// The maximum body length of a frame with several songs. It is low, so that other frames can be sent between those of a long
    /// broadcast.
    /// </summary>
    private const int MaxBodyBytes = 256 * 1024;

    /// <summary>The maximum size of the rest of a body, in bytes: two versions, and the tag and length of the ids.</summary>
    private const int LongestRest = 32;

    /// <summary>
    /// Returns the frames in order, or none if together they would be longer than <paramref name="maxBytes"/>, because listing again is
    /// then cheaper. Each frame after the first adds one version, so the last one leads to <paramref name="to"/> plus the number of
    /// additional frames.
    /// </summary>
    /// <remarks>
    /// The first frame already leads to <paramref name="to"/>. A client with a version between <paramref name="from"/> and
    /// <paramref name="to"/> needs all frames; a client with the newest version needs none, but may apply them. If each frame covered a
    /// range of the versions, a client with a version in between would skip frames whose songs it lacks.
    /// </remarks>
    public static ImmutableArray<ReadOnlyMemory<byte>> Encode(
        ulong from, ulong to, IReadOnlyList<CatalogSong> changed, IReadOnlyList<int> removed, long maxBytes)
    {
        var planned = new List<FrameContents> { default };
        for (var song = 0; song < changed.Count; song++)
            ContentsFor(planned, changed[song].EntryLength is var length ? 1 + Varint.Length((uint)length) + length : 0).Songs++;
        foreach (var id in removed)
            ContentsFor(planned, Varint.Length((uint)id)).Ids++;
        if (planned.Sum(contents => (long)FrameHeader.SizeWithLength + LongestRest + contents.Bytes) > maxBytes)
            return [];

        var frames = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(planned.Count);
        var (songs, ids) = (0, 0);
        foreach (var contents in planned)
        {
            var later = (ulong)frames.Count;
            frames.Add(Encode(
                later == 0 ? from : to + later - 1, to + later,
                changed.Skip(songs).Take(contents.Songs), removed.Skip(ids).Take(contents.Ids)));
            songs += contents.Songs;
            ids += contents.Ids;
        }

        return frames.MoveToImmutable();
    }

    /// <summary>Encodes a BROADCAST_LIST that matches no version, so that its receiver lists again.</summary>
    public static byte[] ListAgain(ulong version) =>
        FrameEncoder.Encode(Operation.BroadcastList, 0, new CatalogDelta { FromVersion = version, ToVersion = version });

    private static ref FrameContents ContentsFor(List<FrameContents> planned, int bytes)
    {
        if (planned[^1].Bytes > 0 && planned[^1].Bytes + bytes > MaxBodyBytes - LongestRest)
            planned.Add(default);
        ref var contents = ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(planned)[^1];
        contents.Bytes += bytes;
        return ref contents;
    }

    private static ReadOnlyMemory<byte> Encode(ulong from, ulong to, IEnumerable<CatalogSong> changed, IEnumerable<int> removed)
    {
        var tail = new CatalogDelta { FromVersion = from, ToVersion = to, Removed = { removed } };
        var songs = changed.Select(song => (Song: song, Length: song.EntryLength)).ToArray();
        var length = tail.CalculateSize() + songs.Sum(song => 1 + Varint.Length((uint)song.Length) + song.Length);
        // The songs can go first, because the fields of a protobuf message may come in any order.
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

    /// <summary>The contents of one frame: the number of songs, the number of removed ids, and their size in bytes.</summary>
    private record struct FrameContents(int Songs, int Ids, int Bytes);
}
