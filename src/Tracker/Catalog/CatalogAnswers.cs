using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>Answers LIST, INFO and PLAY from a snapshot, as frames ready to send; none is longer than one bounded page.</summary>
internal static class CatalogAnswers
{
    /// <summary>Songs of a page when the request names no limit (docs/protocol.md section 3).</summary>
    public const int DefaultLimit = 200;

    /// <summary>The most songs a request can ask for; a larger limit counts as this.</summary>
    public const int LargestLimit = 1000;

    /// <summary>A page ends before it is longer than this, whatever the limit: an answer must not hold up those behind it.</summary>
    private const int MaxPageBytes = 256 * 1024;

    private const int SongsField = 1;

    /// <summary>LIST: one page of the catalog, or of what fits a query.</summary>
    public static byte[] List(CatalogSnapshot catalog, int cursor, ListRequest request)
    {
        var limit = LimitOf(request.Limit);
        if (string.IsNullOrWhiteSpace(request.Query))
        {
            var page = Fill(catalog.After(cursor), limit, out var more);
            return Page(Operation.List, 0, page, more ? page[^1].Id : 0, catalog.Version, (uint)catalog.Count);
        }

        // With a query the cursor counts the hits that were sent.
        var hits = catalog.Search(request.Query);
        var found = Fill(hits.Skip(cursor), limit, out var moreHits);
        return Page(Operation.List, 0, found, moreHits ? cursor + found.Count : 0, catalog.Version, (uint)hits.Count);
    }

    /// <summary>INFO: one song; or, with id 0 or a limit, a page of all.</summary>
    public static byte[] Info(CatalogSnapshot catalog, int id, InfoRequest request)
    {
        if (id > 0 && request.Limit == 0)
            return catalog.Find(id) is { } song ? Page(Operation.Info, id, [song], 0, catalog.Version, null) : NotFound(catalog, id);
        var page = Fill(catalog.After(id), LimitOf(request.Limit), out var more);
        return Page(Operation.Info, id, page, more ? page[^1].Id : 0, catalog.Version, null);
    }

    /// <summary>PLAY: the hosts of a song, least loaded first.</summary>
    public static byte[] Grant(CatalogSnapshot catalog, int id)
    {
        if (id == 0)
            return Errors.Frame(ErrorCode.BadRequest, "PLAY needs a song id", id);
        if (catalog.Find(id) is not { } song)
            return NotFound(catalog, id);
        var hosts = song.Hosts.Select(host => (host, catalog.Loads.GetValueOrDefault(host.Id)));
        return FrameEncoder.Encode(Operation.Play, id, new PlayGrant { Song = song.Grant(HostOrder.BestFirst(hosts)) });
    }

    /// <summary>BROADCAST_LIST; null when the change is too large to tell and everyone had better list again.</summary>
    public static byte[]? Delta(ulong from, ulong to, IReadOnlyList<CatalogSong> changed, IReadOnlyList<int> removed)
    {
        var tail = new CatalogDelta { FromVersion = from, ToVersion = to, Removed = { removed } };
        var length = tail.CalculateSize() + changed.Sum(EntrySize);
        // CatalogDelta.changed is field 3; the order of fields in a message is free.
        return length > MaxPageBytes ? null : Write(Operation.BroadcastList, 0, 3, changed, tail, length);
    }

    /// <summary>A BROADCAST_LIST that no version fits: whoever gets it lists again.</summary>
    public static byte[] ListAgain(ulong version) =>
        FrameEncoder.Encode(Operation.BroadcastList, 0, new CatalogDelta { FromVersion = version, ToVersion = version });

    private static int LimitOf(uint asked) => asked == 0 ? DefaultLimit : (int)Math.Min(asked, LargestLimit);

    private static byte[] NotFound(CatalogSnapshot catalog, int id) => catalog.HasLostItsHosts(id)
        ? Errors.Frame(ErrorCode.NoHost, $"nobody who has song {id} is online", id, retryAfter: TimeSpan.FromSeconds(10))
        : Errors.Frame(ErrorCode.UnknownSong, $"there is no song {id}", id);

    private static List<CatalogSong> Fill(IEnumerable<CatalogSong> songs, int limit, out bool more)
    {
        var page = new List<CatalogSong>();
        var length = 0;
        more = false;
        foreach (var song in songs)
        {
            length += EntrySize(song);
            more = page.Count == limit || (length > MaxPageBytes && page.Count > 0);
            if (more)
                break;
            page.Add(song);
        }

        return page;
    }

    private static byte[] Page(Operation operation, int id, List<CatalogSong> songs, int nextCursor, ulong version, uint? total)
    {
        IMessage tail = total is { } count
            ? new SongPage { NextCursor = nextCursor, CatalogVersion = version, Total = count }
            : new SongInfoPage { NextCursor = nextCursor, CatalogVersion = version };
        return Write(operation, id, SongsField, songs, tail, tail.CalculateSize() + songs.Sum(EntrySize));
    }

    private static int EntrySize(CatalogSong song) =>
        1 + CodedOutputStream.ComputeLengthSize(song.Encoded.Length) + song.Encoded.Length;

    // The songs are encoded already: a page is their bytes, each behind its tag and length, and the message's other fields after them.
    private static byte[] Write(Operation operation, int id, int field, IEnumerable<CatalogSong> songs, IMessage tail, int length)
    {
        var bytes = new byte[FrameHeader.SizeWithLength + length];
        var at = new FrameHeader(operation, id, true, (uint)length).Write(bytes);
        foreach (var song in songs)
        {
            bytes[at++] = (byte)WireFormat.MakeTag(field, WireFormat.WireType.LengthDelimited);
            for (var left = (uint)song.Encoded.Length; ; left >>= 7)
            {
                bytes[at++] = (byte)(left < 0x80 ? left : (left & 0x7F) | 0x80);
                if (left < 0x80)
                    break;
            }

            song.Encoded.Span.CopyTo(bytes.AsSpan(at));
            at += song.Encoded.Length;
        }

        tail.WriteTo(bytes.AsSpan(at));
        return bytes;
    }
}
