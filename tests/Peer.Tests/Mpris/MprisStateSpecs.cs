using System.Text;
using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Listening;
using TspActors.Peer.Mpris;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Mpris;

/// <summary>Checks the properties of the player that a desktop sees.</summary>
public sealed class MprisStateSpecs
{
    private static readonly PlaybackStatus Nothing = new(null, null, TimeSpan.Zero, false, 100, 0, 0, []) { IsIdle = true };

    [Fact]
    public void A_player_without_a_song_is_stopped_and_has_no_metadata()
    {
        var state = MprisState.From(Nothing);

        Assert.Equal("Stopped", state.PlaybackStatus);
        Assert.Empty(state.Metadata);
        Assert.False(state.CanPlay || state.CanGoNext || state.CanGoPrevious || state.CanSeek);
        Assert.Empty(state.ChangesSince(MprisState.Stopped));
    }

    [Fact]
    public void A_song_is_described_with_its_tags_and_its_length_in_microseconds()
    {
        var metadata = MprisState.From(Playing(Song())).Metadata.ToDictionary();

        Assert.Equal(new MprisPath("/io/github/tspactors/song/7"), metadata["mpris:trackid"]);
        Assert.Equal(61_500_000L, metadata["mpris:length"]);
        Assert.Equal("Lights", metadata["xesam:title"]);
        Assert.Equal(["Alice"], Assert.IsType<string[]>(metadata["xesam:artist"]));
        Assert.Equal(["Band"], Assert.IsType<string[]>(metadata["xesam:albumArtist"]));
        Assert.Equal("Sea", metadata["xesam:album"]);
        Assert.Equal((3, 2), (metadata["xesam:trackNumber"], metadata["xesam:discNumber"]));
    }

    [Fact]
    public void A_song_that_has_not_begun_has_a_title_only()
    {
        var state = MprisState.From(Playing(null));

        Assert.Equal("Playing", state.PlaybackStatus);
        Assert.Equal(["mpris:trackid", "xesam:title"], state.Metadata.Select(each => each.Key));
        Assert.False(state.CanSeek);
    }

    [Fact]
    public void A_live_feed_shows_what_it_plays_and_has_no_length()
    {
        var song = Song();
        song.Live = true;
        var state = MprisState.From(Playing(song) with { NowPlaying = "Bob - Waltz" });

        var metadata = state.Metadata.ToDictionary();
        Assert.Equal(("Bob - Waltz", "Lights"), (metadata["xesam:title"], metadata["xesam:album"]));
        Assert.DoesNotContain("mpris:length", metadata.Keys);
        Assert.False(state.CanSeek);
    }

    [Fact]
    public void Only_properties_that_differ_are_changes()
    {
        var before = MprisState.From(Playing(Song()));
        var paused = MprisState.From(Playing(Song()) with { Paused = true, Position = TimeSpan.FromSeconds(9) });
        var louder = MprisState.From(Playing(Song()) with { Volume = 40, Repeat = RepeatMode.All });
        var other = Song();
        other.Tags.Artist = "Bob";

        Assert.Empty(MprisState.From(Playing(Song())).ChangesSince(before));
        Assert.Equal([new("PlaybackStatus", "Paused")], paused.ChangesSince(before));
        Assert.Equal([new("LoopStatus", "Playlist"), new("Volume", 0.4)], louder.ChangesSince(before));
        Assert.Equal(["Metadata"], MprisState.From(Playing(other)).ChangesSince(before).Select(each => each.Key));
    }

    [Property]
    public void Text_from_another_peer_is_valid_and_bounded(string? text)
    {
        var clean = MprisText.Clean((text ?? "") + "\0\ud800x\n");

        Assert.DoesNotContain('\0', clean);
        Assert.True(clean.Length <= 500);
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(clean);
    }

    [Fact]
    public void A_cut_never_splits_a_character() =>
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(MprisText.Clean(new string('x', 499) + "😀😀"));

    internal static Song Song() => new()
    {
        Id = 7,
        Tags = new SongTags { Title = "Lights", Artist = "Alice", Album = "Sea", AlbumArtist = "Band", Track = 3, Disc = 2 },
        Format = new AudioFormat { DurationMs = 61_500 },
    };

    internal static PlaybackStatus Playing(Song? song, params int[] queue) =>
        new(song, null, TimeSpan.FromSeconds(5), false, 100, 0, 0, [.. queue.Select(id => new QueuedSong(id, $"song {id}"))])
        {
            Current = new QueuedSong(7, "Alice – Lights"),
            HasNext = queue.Length > 0,
        };
}
