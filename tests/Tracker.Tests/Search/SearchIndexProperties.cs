using FsCheck.Xunit;
using TspActors.Protocol;
using TspActors.Protocol.Search;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Tests.Search;

/// <summary>Compares the index, after random changes and merges, with a scan of every song.</summary>
public sealed class SearchIndexProperties
{
    private const int Ids = 200;

    private static readonly string[] Words = ["moon", "moo", "river", "riv", "sun", "夜に", "駆け", "ab", "abc", "é"];

    [Property(MaxTest = 150)]
    public void The_index_finds_the_same_songs_as_a_full_scan((byte Kind, byte From, byte Title, byte Artist)[] history)
    {
        var writer = new SearchIndexWriter(largestAtOnce: 8);
        var songs = new SortedDictionary<int, SongTags>();
        SearchMerge? underWay = null;
        foreach (var (kind, from, title, artist) in history)
        {
            switch (kind % 8)
            {
                case < 4:
                    for (var id = 1 + (from % Ids); id <= 1 + (from % Ids) + (kind % 30); id++)
                    {
                        songs[id] = new SongTags { Title = Text(title + id), Artist = Text(artist), Album = "Blue" };
                        writer.Put(id, SearchDocument.From(songs[id]));
                    }

                    break;
                case 4:
                    for (var id = 1 + (from % Ids); id <= 1 + (from % Ids) + (title % 40); id++)
                    {
                        songs.Remove(id);
                        writer.Remove(id);
                    }

                    break;
                case 5:
                    underWay ??= writer.NextMerge();
                    break;
                case 6 when underWay is not null:
                    foreach (var id in writer.ApplyMerge(underWay, underWay.Run()))
                    {
                        if (songs.TryGetValue(id, out var tags))
                            writer.Put(id, SearchDocument.From(tags));
                    }

                    underWay = null;
                    break;
                default:
                    Check(writer.Publish(), songs);
                    break;
            }
        }

        Check(writer.Publish(), songs);
    }

    private static void Check(SearchIndex index, SortedDictionary<int, SongTags> songs)
    {
        foreach (var text in new[] { "moon", "moo", "r", "moon river", "夜に", "に", "駆け moon", "ab", "e", "blue", "sun moon riv", "nothing" })
        {
            var query = new SearchQuery(text);
            using var hits = index.Search(query);
            var expected = songs.Select(song => (Rank: Rank(song.Value, text), Id: song.Key)).Where(hit => hit.Rank >= 0).Order().ToList();
            Assert.Equal(expected, hits.After(default).Select(hit => (hit.Rank, hit.Id)));
            Assert.Equal(expected.Count, hits.Total);
            for (var count = 1; count <= expected.Count; count += 1 + (expected.Count / 3))
                Assert.Equal(expected.Skip(count), hits.After(hits.PlaceOf(count)).Select(hit => (hit.Rank, hit.Id)));
        }
    }

    private static string Text(int number) =>
        string.Join(' ', Words[number % Words.Length], Words[number / 3 % Words.Length], Words[number / 7 % Words.Length]);

    // A word starts after a space, except in scripts without spaces, where it may start anywhere.
    private static int Rank(SongTags tags, string text)
    {
        var (phrase, title) = (SearchText.Fold(text), SearchText.Fold(tags.Title));
        var all = title + SearchText.Fold(tags.Artist) + SearchText.Fold(tags.Album);
        var words = phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(
            word => SearchTerms.IsSpaceless(word) ? word : " " + word).ToList();
        return !words.All(word => all.Contains(word, StringComparison.Ordinal)) ? -1
            : title == phrase ? 0
            : title.StartsWith(phrase, StringComparison.Ordinal) ? 1
            : words.All(word => title.Contains(word, StringComparison.Ordinal)) ? 2
            : 3;
    }
}
