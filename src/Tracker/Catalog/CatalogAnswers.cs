using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Catalog;

/// <summary>Encodes the replies to LIST, INFO and PLAY from a snapshot. Each reply is one frame of limited length.</summary>
internal static class CatalogAnswers
{
    /// <summary>The number of songs in a page when the request sets no limit (docs/protocol.md section 3).</summary>
    public const int DefaultLimit = 200;

    /// <summary>The maximum number of songs in a page. A larger limit in a request is reduced to this.</summary>
    public const int LargestLimit = 1000;

    /// <summary>
    /// The maximum length of a page of several songs, regardless of the request's limit, so that one reply does not delay the
    /// following replies for long.
    /// </summary>
    private const int MaxPageBytes = 256 * 1024;

    /// <summary>
    /// The maximum number of hosts considered for a grant: the first <see cref="HostsKept"/>, and the others from a random position
    /// onwards.
    /// </summary>
    private const int MaxHostsConsidered = 256;
    private const int HostsKept = 16;

    /// <summary>The maximum number of bytes before a song in a page: its field tag and its length.</summary>
    private const int LongestPrefix = 4;

    /// <summary>
    /// LIST: appends one page of the catalog, or of a query's hits. <paramref name="places"/> remembers where the connection's searches
    /// stopped.
    /// </summary>
    public static void List(AnswerBuffer answers, CatalogSnapshot catalog, int cursor, ListRequest request, SearchPositions places)
    {
        var frame = answers.BeginFrame();
        var limit = LimitOf(request.Limit);
        var query = new SearchQuery(request.Query);
        var (next, total) = query.IsEmpty
            ? (Fill(answers, catalog, cursor, limit), catalog.Count)
            : Find(answers, catalog, cursor, query, limit, request.Query, places);
        answers.Number(SongPage.NextCursorFieldNumber, (uint)next);
        answers.Number(SongPage.CatalogVersionFieldNumber, catalog.Version);
        answers.Number(SongPage.TotalFieldNumber, (uint)total);
        answers.EndFrame(frame, Operation.List, 0);
    }

    /// <summary>INFO: appends one song or, with id 0 or a limit, a page of songs.</summary>
    public static void Info(AnswerBuffer answers, CatalogSnapshot catalog, int id, InfoRequest request)
    {
        var single = id > 0 && request.Limit == 0 ? catalog.Find(id) : null;
        if (single is null && id > 0 && request.Limit == 0)
        {
            NotFound(answers, catalog, id);
            return;
        }

        var frame = answers.BeginFrame();
        var next = 0;
        if (single is not null)
            Add(answers, single, CatalogSong.MaxGrantedHosts, EncodedNowPlayingOf(catalog, id));
        else
            next = Fill(answers, catalog, id, LimitOf(request.Limit));
        answers.Number(SongInfoPage.NextCursorFieldNumber, (uint)next);
        answers.Number(SongInfoPage.CatalogVersionFieldNumber, catalog.Version);
        answers.EndFrame(frame, Operation.Info, id);
    }

    /// <summary>PLAY: appends the hosts of a song, best first (<see cref="HostOrder"/>), and the ways to them for this requester.</summary>
    public static void Grant(AnswerBuffer answers, CatalogSnapshot catalog, int id, GrantView view = default)
    {
        if (id == 0)
        {
            answers.Add(Errors.Frame(ErrorCode.BadRequest, "PLAY needs a song id", id));
            return;
        }

        if (catalog.Find(id) is not { } song)
        {
            NotFound(answers, catalog, id);
            return;
        }

        var depths = catalog.Feeds.Find(song);
        var considered = HostsToConsider(song).Select(host => (host, catalog.Loads.GetValueOrDefault(host.Id))).ToArray();
        var hosts = depths is null
            ? HostOrder.ForGrant(considered, CatalogSong.MaxGrantedHosts)
            : FeedHostOrder.Sort(
                HostOrder.ForGrant(considered, MaxHostsConsidered), depths, view.PassesFeedsOn, CatalogSong.MaxGrantedHosts);
        var moment = EncodedNowPlayingOf(catalog, id);
        var length = 1 + Varint.Length((uint)id) + song.Facts.Length + moment.Length;
        foreach (var (host, load) in hosts)
            length += 1 + Varint.Length((uint)GrantedLength(host, load)) + GrantedLength(host, load);
        var frame = answers.BeginFrame();
        answers.Prefix(PlayGrant.SongFieldNumber, length);
        song.WriteFacts(answers.Append(1 + Varint.Length((uint)id) + song.Facts.Length));
        moment.CopyTo(answers.Append(moment.Length));
        foreach (var (host, load) in hosts)
        {
            answers.Prefix(Song.HostsFieldNumber, GrantedLength(host, load));
            host.WriteTo(answers.Append(host.EncodedLength));
            answers.Number(Host.ActiveStreamsFieldNumber, load?.ActiveStreams ?? 0);
            answers.Number(Host.MaxStreamsFieldNumber, load?.MaxStreams ?? 0);
        }

        foreach (var way in view.Of(hosts.Select(entry => entry.Host), depths))
        {
            var size = way.CalculateSize();
            answers.Prefix(PlayGrant.ReachFieldNumber, size);
            way.WriteTo(answers.Append(size));
        }

        answers.EndFrame(frame, Operation.Play, id);
    }

    // A second set of tags that contains only the title that is now playing. A protobuf parser merges it into the first set.
    private static byte[] EncodedNowPlayingOf(CatalogSnapshot catalog, int id) => catalog.Feeds.TitleOf(id) is { Length: > 0 } title
        ? new Song { Tags = new SongTags { NowPlaying = title } }.ToByteArray()
        : [];

    private static int LimitOf(uint asked) => asked == 0 ? DefaultLimit : (int)Math.Min(asked, LargestLimit);

    private static void NotFound(AnswerBuffer answers, CatalogSnapshot catalog, int id) => answers.Add(catalog.Songs.HasLostItsHosts(id)
        ? Errors.Frame(ErrorCode.NoHost, $"no host of song {id} is online", id, retryAfter: TimeSpan.FromSeconds(10))
        : Errors.Frame(ErrorCode.UnknownSong, $"there is no song {id}", id));

    // Copies songs in id order, from encoded leaves where they exist. Returns the next cursor.
    private static int Fill(AnswerBuffer answers, CatalogSnapshot catalog, int cursor, int limit)
    {
        var (count, bytes, last) = (0, 0, 0);
        for (var leaf = catalog.Songs.LeafFrom(cursor + 1L); leaf is not null; leaf = catalog.Songs.LeafFrom(leaf.FirstId + SongLeaf.Mask
            + 1L))
        {
            var first = cursor < leaf.FirstId ? 0 : leaf.IndexOf(cursor + 1);
            // The cursor may be the last id of this leaf.
            if (first >= leaf.Count)
                continue;
            var begun = answers.Length;
            var taken = catalog.Pages.Find(leaf) is { } encoded
                ? Add(answers, encoded, first, limit - count, MaxPageBytes - bytes)
                : Add(answers, leaf, first, limit - count, MaxPageBytes - bytes);
            bytes += answers.Length - begun;
            count += taken;
            if (taken > 0)
                last = leaf.Songs[first + taken - 1].Id;
            if (first + taken < leaf.Count)
                return last;
        }

        return 0;
    }

    // Appends the songs that fit. An empty page receives one song even if that song does not fit. Returns the number of songs.
    private static int Add(AnswerBuffer answers, EncodedLeaf leaf, int first, int most, int bytes)
    {
        var taken = Math.Min(most, leaf.CountWithin(first, bytes) is > 0 and var fitting ? fitting : bytes == MaxPageBytes ? 1 : 0);
        answers.Add(leaf.Songs(first, first + taken));
        return taken;
    }

    private static int Add(AnswerBuffer answers, SongLeaf leaf, int first, int most, int bytes)
    {
        var (taken, left) = (0, bytes);
        for (; taken < most && first + taken < leaf.Count; taken++)
        {
            var song = leaf.Songs[first + taken];
            var length = song.EntryLength;
            left -= 1 + Varint.Length((uint)length) + length;
            if (left < 0 && (taken > 0 || bytes < MaxPageBytes))
                break;
            Add(answers, song);
        }

        return taken;
    }

    // With a query, the cursor is the number of hits sent so far.
    private static (int Next, int Total) Find(
        AnswerBuffer answers, CatalogSnapshot catalog, int cursor, SearchQuery query, int limit, string text, SearchPositions places)
    {
        using var hits = catalog.Index.Search(query);
        var last = cursor == 0 ? default : places.Find(text, cursor) ?? hits.PlaceOf(cursor);
        var (count, begun) = (0, answers.Length);
        foreach (var hit in hits.After(last))
        {
            var song = catalog.Find(hit.Id)!;
            if (count == limit || (count > 0 && answers.Length - begun + song.EntryLength + LongestPrefix > MaxPageBytes))
            {
                places.Remember(text, cursor + count, last);
                return (cursor + count, hits.Total);
            }

            Add(answers, song);
            count++;
            last = hit;
        }

        return (0, hits.Total);
    }

    private static void Add(
        AnswerBuffer answers, CatalogSong song, int hosts = CatalogSong.MaxHostsListed, ReadOnlySpan<byte> moment = default)
    {
        var length = song.EntryLengthWith(hosts);
        answers.Prefix(SongPage.SongsFieldNumber, length + moment.Length);
        song.WriteEntry(answers.Append(length), hosts);
        moment.CopyTo(answers.Append(moment.Length));
    }

    private static IEnumerable<CatalogHost> HostsToConsider(CatalogSong song)
    {
        if (song.HostCount <= MaxHostsConsidered)
            return song.Hosts;
        // The hosts that have had the song longest, and some of the others.
        var others = song.HostCount - HostsKept;
        var first = Random.Shared.Next(others);
        return Enumerable.Range(0, HostsKept).Concat(
            Enumerable.Range(first, MaxHostsConsidered - HostsKept).Select(index => HostsKept + index % others)).Select(song.HostAt);
    }

    private static int GrantedLength(CatalogHost host, HostLoad? load) =>
        host.EncodedLength + NumberLength(load?.ActiveStreams ?? 0) + NumberLength(load?.MaxStreams ?? 0);

    private static int NumberLength(uint value) => value == 0 ? 0 : 1 + Varint.Length(value);
}
