using FsCheck.Xunit;
using Google.Protobuf;
using TspActors.Peer.Searching;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Searching;

public sealed class SongQuerySpecs
{
    private static readonly Song[] Songs =
    [
        Make(1, "Army of Me", "Björk", "Post", 1995, "Electronic", 192, "anna", disc: 1, track: 1),
        Make(2, "Hyperballad", "Björk", "Post", 1995, "Electronic", 320, "ben", disc: 1, track: 2),
        Make(3, "Jóga", "Björk", "Homogenic", 1997, "Trip Hop", 256, "anna", disc: 1, track: 2),
        Make(4, "Post Break Tragedy", "The Who Else", "", 0, "", 128, "anna"),
        Make(5, "提灯の夜", "夜の列車", "提灯", 2004, "Rock", 255.6, "Ben's attic"),
        Make(6, "Who Are You", "The Who", "Who Are You", 1978, "Rock", 128, "ben"),
    ];

    [Theory]
    [InlineData("artist:bjork", "1 2 3")]
    [InlineData("ARTIST:Bjö", "1 2 3")]
    [InlineData("artist:\"the who\"", "4 6")]
    [InlineData("artist:\"the who\" year:1970-1980", "6")]
    [InlineData("album:post", "1 2")]
    [InlineData("title:post", "4")]
    [InlineData("title:夜", "5")]
    [InlineData("genre:\"trip hop\"", "3")]
    [InlineData("genre:hop", "3")]
    [InlineData("genre:op", "")]
    [InlineData("peer:anna", "1 3 4")]
    [InlineData("peer:ben", "2 5 6")]
    [InlineData("peer:\"ben's attic\"", "5")]
    [InlineData("peer:05050505", "5")]
    [InlineData("year:1995", "1 2")]
    [InlineData("year:1995-1997", "1 2 3")]
    [InlineData("year:>1995", "3 5")]
    [InlineData("year:>=1995", "1 2 3 5")]
    [InlineData("year:<1995", "6")]
    [InlineData("year:-1995", "1 2 6")]
    [InlineData("year:1997-", "3 5")]
    [InlineData("bitrate:>=256", "2 3 5")]
    [InlineData("bitrate:128", "4 6")]
    [InlineData("artist:björk bitrate:<=256", "1 3")]
    [InlineData("peer:anna sort:-bitrate", "3 1 4")]
    [InlineData("sort:title", "1 2 3 4 6 5")]
    [InlineData("sort:-title", "5 6 4 3 2 1")]
    [InlineData("sort:year", "6 1 2 3 5 4")]
    [InlineData("sort:-year", "5 3 1 2 6 4")]
    [InlineData("sort:album", "3 1 2 6 5 4")]
    [InlineData("sort:-id", "6 5 4 3 2 1")]
    [InlineData("sort:artist", "1 2 3 6 4 5")]
    [InlineData("sort:-track", "2 3 1 6 4 5")]
    [InlineData("sort:genre", "1 2 6 5 3 4")]
    [InlineData("sort:-genre", "3 6 5 1 2 4")]
    public void Conditions_select_and_sort_songs(string text, string expected)
    {
        var query = SongQuery.Parse(text);

        var found = Songs.Where(query.Matches);

        Assert.Equal(expected, string.Join(' ', (query.Order?.Sort(found) ?? found).Select(song => song.Id)));
    }

    [Theory]
    [InlineData("sort:time", "2 3 1 4")]
    [InlineData("sort:-time", "1 3 2 4")]
    [InlineData("sort:hosts", "3 1 2 4")]
    [InlineData("sort:-hosts", "2 1 3 4")]
    public void Songs_are_sorted_by_time_and_by_their_number_of_hosts_and_those_without_either_come_last(string text, string expected)
    {
        Song[] songs = [Timed(1, 300_000, "a", "b"), Timed(2, 60_000, "a", "b", "c"), Timed(3, 120_000, "a"), Timed(4, 0)];

        Assert.Equal(expected, string.Join(' ', SongQuery.Parse(text).Order!.Sort(songs).Select(song => song.Id)));

        static Song Timed(int id, uint durationMs, params string[] hosts) => new()
        {
            Id = id,
            Format = new AudioFormat { DurationMs = durationMs },
            Hosts = { hosts.Select(name => new Host { Name = name }) },
        };
    }

    [Theory]
    [InlineData("artist:bjork joga", "bjork joga")]
    [InlineData("joga artist:\"the who\"  live", "joga the who live")]
    [InlineData("peer:anna year:1999", "")]
    [InlineData("peer:anna river", "river")]
    [InlineData("Re: Stacks", "Re: Stacks")]
    [InlineData("re:stacks", "re:stacks")]
    [InlineData("myartist:x", "myartist:x")]
    [InlineData("!!!", "!!!")]
    [InlineData("  two  spaces ", "  two  spaces ")]
    public void The_tracker_receives_the_words(string text, string words) => Assert.Equal(words, SongQuery.Parse(text).Words);

    [Theory]
    [InlineData("artist:", "\"artist:\" needs a value")]
    [InlineData("artist: bjork", "\"artist:\" needs a value")]
    [InlineData("artist:\"\"", "\"artist:\" needs a value")]
    [InlineData("year:soon", "year:soon is not a number or a range")]
    [InlineData("year:1999-1990", "is not a number or a range")]
    [InlineData("year:<0", "is not a number or a range")]
    [InlineData("year:-", "is not a number or a range")]
    [InlineData("year:99999", "is not a number or a range")]
    [InlineData("bitrate:>=fast", "is not a number or a range")]
    [InlineData("sort:mood", "there is no order \"mood\"; songs can be sorted by id, title")]
    public void An_invalid_condition_is_refused(string text, string message) => Assert.Contains(
        message, Assert.Throws<CommandException>(() => SongQuery.Parse(text)).Message, StringComparison.Ordinal);

    [Property]
    public void Any_text_is_a_query_or_is_refused(string? text)
    {
        try
        {
            var query = SongQuery.Parse(text ?? "");
            Assert.All(Songs, song => query.Matches(song));
        }
        catch (CommandException refused)
        {
            Assert.DoesNotContain(refused.Message, char.IsControl);
        }
    }

    [Fact]
    public void Albums_are_sorted_by_artist_and_year_and_their_songs_by_disc_and_track()
    {
        Song[] scanned =
        [
            Make(1, "d", "Ann", "Second", 2001, "", 128, "p", disc: 2, track: 1),
            Make(2, "c", "Ann", "Second", 2001, "", 128, "p", disc: 1, track: 9),
            Make(3, "b", "Ann", "Second", 2001, "", 128, "p", disc: 1, track: 8),
            Make(4, "a", "Ann", "First", 1999, "", 128, "p", disc: 1, track: 1),
            Make(5, "e", "Zoe", "Alone", 1980, "", 128, "p", disc: 1, track: 1),
            Make(6, "f", "", "", 0, "", 128, "p"),
        ];

        Assert.Equal([4, 3, 2, 1, 5, 6], SongOrder.OfAlbums.Sort(scanned).Select(song => song.Id));
    }

    [Fact]
    public void Songs_are_grouped_by_album_artist_and_peer()
    {
        Assert.Equal(
            [
                new AlbumEntry("Post", "Björk", 1995, 2, 240_000), new AlbumEntry("Homogenic", "Björk", 1997, 1, 120_000),
                new AlbumEntry("Who Are You", "The Who", 1978, 1, 120_000), new AlbumEntry("提灯", "夜の列車", 2004, 1, 120_000),
            ],
            CatalogGroups.Albums(Songs));
        Assert.Equal(
            [
                new ArtistEntry("Björk", 2, 3), new ArtistEntry("The Who", 1, 1), new ArtistEntry("The Who Else", 0, 1),
                new ArtistEntry("夜の列車", 1, 1),
            ],
            CatalogGroups.Artists(Songs));
        Assert.Equal(
            ["anna 1", "anna 1", "anna 1", "ben 1", "ben 1", "Ben's attic 1"],
            CatalogGroups.Peers(Songs).Select(peer => $"{peer.Host.Name} {peer.Songs}"));
    }

    private static Song Make(
        int id, string title, string artist, string album, uint year, string genre, double kbits, string peer, uint disc = 0,
        uint track = 0) =>
        new()
        {
            Id = id,
            Tags = new SongTags { Title = title, Artist = artist, Album = album, Year = year, Genre = genre, Disc = disc, Track = track },
            Format = new AudioFormat { BitrateBps = (uint)(kbits * 1000), DurationMs = 120_000 },
            Hosts = { new Host { Name = peer, PeerId = ByteString.CopyFrom([.. Enumerable.Repeat((byte)id, 16)]) } },
        };
}
