using Google.Protobuf;
using TspActors.Peer.Playlists;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Playlists;

/// <summary>Checks which song in a catalog a playlist entry refers to.</summary>
public sealed class PlaylistMatchSpecs
{
    [Fact]
    public void A_hash_finds_the_song_under_another_id() =>
        Assert.Equal(9, Find(new PlaylistEntry("other name") { Id = 1, Hash = Hash(5) }, Song(1, 4), Song(9, 5)));

    [Fact]
    public void A_song_with_the_same_id_and_name_but_another_hash_does_not_match() =>
        Assert.Null(Find(new PlaylistEntry("Alice - Lights") { Id = 1, Hash = Hash(5) }, Song(1, 4, "Lights")));

    [Fact]
    public void An_id_alone_needs_the_right_name()
    {
        Assert.Equal(1, Find(new PlaylistEntry("alice –  lights") { Id = 1 }, Song(1, 4, "Lights")));
        Assert.Equal(1, Find(new PlaylistEntry("Lights") { Id = 1 }, Song(1, 4, "Lights")));
        Assert.Null(Find(new PlaylistEntry("Alice - Waltz") { Id = 1 }, Song(1, 4, "Lights")));
    }

    [Fact]
    public void An_id_without_a_name_matches() => Assert.Equal(1, Find(new PlaylistEntry("") { Id = 1 }, Song(1, 4)));

    [Fact]
    public void A_name_matches_if_exactly_one_song_has_it()
    {
        var entry = new PlaylistEntry("Alice - Lights") { Path = "/elsewhere/lights.mp3" };

        Assert.Equal(3, Find(entry, Song(2, 1, "Waltz"), Song(3, 2, "Lights")));
        Assert.Null(Find(entry, Song(2, 1, "Lights"), Song(3, 2, "Lights")));
        Assert.Equal(3, Find(entry, Song(3, 2, "Lights"), Song(3, 2, "Lights")));
        Assert.Null(Find(entry));
    }

    [Fact]
    public void The_whole_catalog_is_needed_only_for_names_and_missing_songs()
    {
        var hashes = new PlaylistMatch([new PlaylistEntry("a") { Id = 2, Hash = Hash(1) }, new PlaylistEntry("b") { Id = 1, Hash = Hash(2) }]);
        Assert.Equal([1, 2], hashes.Ids);
        hashes.Add(Song(2, 1));
        Assert.True(hashes.IsOpen);
        hashes.Add(Song(1, 2));
        Assert.False(hashes.IsOpen);
        Assert.True(new PlaylistMatch([new PlaylistEntry("name")]).IsOpen);
    }

    private static ContentHash Hash(byte first) => new([first, .. new byte[ContentHash.Size - 1]]);

    private static Song Song(int id, byte hash, string title = "x") => new()
    {
        Id = id,
        ContentHash = ByteString.CopyFrom(Hash(hash).ToArray()),
        Tags = new SongTags { Artist = "Alice", Title = title },
        Format = new AudioFormat { DurationMs = 1_000 },
    };

    private static int? Find(PlaylistEntry entry, params Song[] catalog)
    {
        var match = new PlaylistMatch([entry]);
        foreach (var song in catalog)
            match.Add(song);
        return match.Result()[0]?.Id;
    }
}
