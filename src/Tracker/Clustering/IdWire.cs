using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Clustering;

/// <summary>Converts ids to and from messages between trackers.</summary>
internal static class IdWire
{
    /// <summary>The maximum number of songs in one request for ids, at about 45 bytes each.</summary>
    public const int MaxEntries = 1000;

    /// <summary>The maximum number of block digests in a message.</summary>
    public const int MaxDigests = 4000;

    public static IdEntry Entry(ContentHash hash, int id) =>
        new() { ContentHash = UnsafeByteOperations.UnsafeWrap(hash.ToArray()), Id = id };

    public static IdEntry Entry(WantedId wanted) => new()
    {
        ContentHash = UnsafeByteOperations.UnsafeWrap(wanted.Hash.ToArray()),
        Id = wanted.Offered,
        Proven = wanted.IsProven,
    };

    /// <summary>Reads a song that needs an id. An offer that is not honoured now is ignored.</summary>
    public static WantedId ReadWanted(IdEntry entry, OfferRule offers) =>
        new(new ContentHash(entry.ContentHash.Span), offers.Honours(entry.Proven) ? entry.Id : 0, entry.Proven);

    public static (ContentHash Hash, int Id) Read(IdEntry entry) => (new ContentHash(entry.ContentHash.Span), entry.Id);

    /// <summary>
    /// Returns a table's digests, split into messages. The last message has Last set and also contains the receipt key and the mark of the
    /// id store.
    /// </summary>
    public static IEnumerable<IdDigests> Digests(IdTable table, ulong question, IdMemory memory)
    {
        var last = new IdDigests
        {
            Question = question,
            Last = true,
            ReceiptKey = UnsafeByteOperations.UnsafeWrap(memory.Keys.Own),
            Mark = memory.Mark,
            Counter = table.Counter,
        };
        var blocks = table.Digests().Select(
            block => new IdBlockDigest { Block = block.Block, Digest = block.Digest }).Chunk(MaxDigests).ToList();
        for (var at = 0; at < blocks.Count - 1; at++)
            yield return new IdDigests { Question = question, Blocks = { blocks[at] } };
        last.Blocks.Add(blocks.Count == 0 ? [] : blocks[^1]);
        yield return last;
    }

    public static IdBlock Block(IdTable table, int block, ulong question) => new()
    {
        Question = question,
        Block = block,
        Entries = { table.EntriesOf(block).Select(entry => Entry(table, entry.Hash, entry.Id)) },
    };

    private static IdEntry Entry(IdTable table, ContentHash hash, int id)
    {
        var entry = Entry(hash, id);
        entry.Certain = table.FindCertain(hash) != 0;
        return entry;
    }
}
