using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Tests;

/// <summary>Helpers for tests of the catalog: its replies as bytes, its songs as messages, and shares as they arrive.</summary>
internal static class CatalogReplies
{
    public static ReadOnlyMemory<byte> List(CatalogSnapshot catalog, int cursor, ListRequest request, SearchPositions? places = null) =>
        Encode(answers => CatalogAnswers.List(answers, catalog, cursor, request, places ?? new SearchPositions()));

    public static ReadOnlyMemory<byte> Info(CatalogSnapshot catalog, int id, InfoRequest request) =>
        Encode(answers => CatalogAnswers.Info(answers, catalog, id, request));

    public static ReadOnlyMemory<byte> Grant(CatalogSnapshot catalog, int id, GrantView view = default) =>
        Encode(answers => CatalogAnswers.Grant(answers, catalog, id, view));

    public static SongPage Page(CatalogSnapshot catalog, int cursor, ListRequest request, SearchPositions? places = null) =>
        Samples.Body<SongPage>(Samples.Frame(List(catalog, cursor, request, places)));

    /// <summary>Returns the songs with ids above <paramref name="cursor"/>, in id order.</summary>
    public static IEnumerable<CatalogSong> After(this CatalogSnapshot catalog, int cursor) => catalog.Songs.After(cursor);

    /// <summary>Returns the songs with ids above <paramref name="cursor"/>, in id order.</summary>
    public static IEnumerable<CatalogSong> After(this SongTree songs, int cursor)
    {
        for (var leaf = songs.LeafFrom(cursor + 1L); leaf is not null; leaf = songs.LeafFrom(leaf.FirstId + 64L))
        {
            foreach (var song in leaf.Songs.ToArray())
            {
                if (song.Id > cursor)
                    yield return song;
            }
        }
    }

    /// <summary>Returns the ids of the hits, best first; for an empty query, all ids in order.</summary>
    public static IReadOnlyList<int> Search(this CatalogSnapshot catalog, string query)
    {
        var wanted = new SearchQuery(query);
        if (wanted.IsEmpty)
            return [.. catalog.After(0).Select(song => song.Id)];
        using var hits = catalog.Index.Search(wanted);
        int[] ids = [.. hits.After(default).Select(hit => hit.Id)];
        Assert.Equal(ids.Length, hits.Total);
        return ids;
    }

    /// <summary>Returns the song as it is sent to clients.</summary>
    public static Song Message(this CatalogSong song)
    {
        var bytes = new byte[song.EntryLength];
        Assert.Equal(bytes.Length, song.WriteEntry(bytes));
        return Song.Parser.ParseFrom(bytes);
    }

    /// <summary>Applies one frame of a share, as it arrives from the wire.</summary>
    public static IReadOnlyList<AssignedSong> Apply(this SongRegistry registry, PeerId peer, Share share) =>
        [.. share.InBatches().SelectMany(batch => registry.Apply(peer, batch))];

    /// <summary>Returns the batches of one frame of a share, in order.</summary>
    public static IEnumerable<SharedBatch> InBatches(this Share share)
    {
        var batches = new ShareBatches(share);
        while (batches.Next() is { } batch)
            yield return batch;
    }

    private static ReadOnlyMemory<byte> Encode(Action<AnswerBuffer> make)
    {
        var answers = new AnswerBuffer();
        make(answers);
        return answers.Detach();
    }
}
