using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>Converts ids to and from messages between trackers.</summary>
internal static class IdWire
{
    /// <summary>The most entries in a message, at about 45 bytes each.</summary>
    public const int MaxEntries = 1000;

    /// <summary>The most block digests in a message.</summary>
    public const int MaxDigests = 4000;

    public static IdEntry Entry(ContentHash hash, int id) =>
        new() { ContentHash = UnsafeByteOperations.UnsafeWrap(hash.ToArray()), Id = id };

    public static (ContentHash Hash, int Id) Read(IdEntry entry) => (new ContentHash(entry.ContentHash.Span), entry.Id);

    /// <summary>Returns a table's digests, split into messages. The last one is marked.</summary>
    public static IEnumerable<IdDigests> Digests(IdTable table, ulong question)
    {
        var blocks = table.Digests().Select(
            block => new IdBlockDigest { Block = block.Block, Digest = block.Digest }).Chunk(MaxDigests).ToList();
        for (var at = 0; at < blocks.Count; at++)
            yield return new IdDigests { Question = question, Blocks = { blocks[at] }, Last = at == blocks.Count - 1 };
        if (blocks.Count == 0)
            yield return new IdDigests { Question = question, Last = true };
    }

    public static IdBlock Block(IdTable table, int block, ulong question) =>
        new() { Question = question, Block = block, Entries = { table.EntriesOf(block).Select(entry => Entry(entry.Hash, entry.Id)) } };
}
