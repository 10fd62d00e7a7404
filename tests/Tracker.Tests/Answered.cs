using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Tests;

/// <summary>What the catalog answers, as bytes of its own; and its songs, as tests like to have them.</summary>
internal static class Answered
{
    public static ReadOnlyMemory<byte> List(CatalogSnapshot catalog, int cursor, ListRequest request, SearchPlaces? places = null) =>
        Made(answers => CatalogAnswers.List(answers, catalog, cursor, request, places ?? new SearchPlaces()));

    public static ReadOnlyMemory<byte> Info(CatalogSnapshot catalog, int id, InfoRequest request) =>
        Made(answers => CatalogAnswers.Info(answers, catalog, id, request));

    public static ReadOnlyMemory<byte> Grant(CatalogSnapshot catalog, int id) =>
        Made(answers => CatalogAnswers.Grant(answers, catalog, id));

    public static SongPage Page(CatalogSnapshot catalog, int cursor, ListRequest request, SearchPlaces? places = null) =>
        Samples.Body<SongPage>(Samples.Frame(List(catalog, cursor, request, places)));

    /// <summary>Songs in id order, from the first above <paramref name="cursor"/>.</summary>
    public static IEnumerable<CatalogSong> After(this CatalogSnapshot catalog, int cursor) => catalog.Songs.After(cursor);

    /// <summary>Songs in id order, from the first above <paramref name="cursor"/>.</summary>
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

    /// <summary>Ids of the hits, best first.</summary>
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

    /// <summary>The wire form.</summary>
    public static Song Message(this CatalogSong song)
    {
        var bytes = new byte[song.EntryLength];
        Assert.Equal(bytes.Length, song.WriteEntry(bytes));
        return Song.Parser.ParseFrom(bytes);
    }

    /// <summary>Takes a frame of a share as it comes from the wire.</summary>
    public static IReadOnlyList<AssignedSong> Apply(this SongRegistry registry, PeerId peer, Share share) =>
        [.. share.InBatches().SelectMany(part => registry.Apply(peer, part))];

    /// <summary>The parts of a frame of a share, in order.</summary>
    public static IEnumerable<SharedBatch> InBatches(this Share share)
    {
        var parts = new ShareBatches(share);
        while (parts.Next() is { } part)
            yield return part;
    }

    private static ReadOnlyMemory<byte> Made(Action<AnswerBuffer> make)
    {
        var answers = new AnswerBuffer();
        make(answers);
        return answers.Detach();
    }
}
