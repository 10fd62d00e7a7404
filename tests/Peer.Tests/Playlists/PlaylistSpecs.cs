using System.Text;
using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Playlists;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Playlists;

/// <summary>Checks how playlist files are read and written.</summary>
public sealed class PlaylistSpecs : IDisposable
{
    private static readonly ContentHash Hash = new([.. Enumerable.Range(1, ContentHash.Size).Select(number => (byte)number)]);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_song_is_written_with_its_name_its_duration_its_id_and_its_hash()
    {
        var song = new PlaylistEntry("Alice - Lights") { Id = 7, Hash = Hash, Duration = TimeSpan.FromSeconds(61.4) };

        Assert.Equal($"#EXTM3U\n#EXTINF:61,Alice - Lights\ntsp:7?hash={Hash}\n", Playlist.Format([song]));
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        PlaylistEntry[] entries =
        [
            new("Alice - Lights") { Id = 7, Hash = Hash, Duration = TimeSpan.FromSeconds(61), Played = DateTimeOffset.UnixEpoch },
            new("Radio") { Id = 8 },
        ];

        Assert.Equal(entries, Playlist.Parse(Playlist.Format(entries), "/", 10));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void A_playlist_from_another_player_names_paths_relative_to_its_folder(string end)
    {
        var text = string.Join(end, "#EXTM3U", "#PLAYLIST:x", "#EXTINF:123 logo=\"a\",Bob - Waltz", "music/waltz.mp3", "", "/abs/b.mp3", "file:///c%20d.mp3");

        var entries = Playlist.Parse(text, _folder.Path, 10);

        Assert.Equal([_folder.In("music", "waltz.mp3"), "/abs/b.mp3", "/c d.mp3"], entries.Select(entry => entry.Path));
        Assert.Equal(["Bob - Waltz", "", ""], entries.Select(entry => entry.Name));
        Assert.Equal(TimeSpan.FromSeconds(123), entries[0].Duration);
        Assert.Equal("b.mp3", entries[1].Label);
    }

    [Fact]
    public void A_byte_order_mark_is_skipped()
    {
        File.WriteAllText(_folder.In("a.m3u8"), "#EXTINF:1,Ä\ntsp:3\n", new UTF8Encoding(true));

        var entry = Assert.Single(Playlist.Read(_folder.In("a.m3u8"), 10));
        Assert.Equal(("Ä", 3), (entry.Name, entry.Id));
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused()
    {
        File.WriteAllBytes(_folder.In("a.m3u8"), [0x23, 0x0A, 0xE4, 0x0A]);

        Assert.Contains("UTF-8", Assert.Throws<IOException>(() => Playlist.Read(_folder.In("a.m3u8"), 10)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused_unread()
    {
        using (var file = File.Create(_folder.In("a.m3u8")))
            file.SetLength(Playlist.MaxBytes + 1);

        Assert.Contains("4 MiB", Assert.Throws<IOException>(() => Playlist.Read(_folder.In("a.m3u8"), 10)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_refused()
    {
        Assert.Contains("no file", Assert.Throws<IOException>(() => Playlist.Read(_folder.In("b.m3u8"), 10)).Message, StringComparison.Ordinal);
        Assert.Contains("not a file", Assert.Throws<IOException>(() => Playlist.Read(_folder.Path, 10)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_more_entries_are_read_than_asked_for() => Assert.Equal(2, Playlist.Parse("tsp:1\ntsp:2\ntsp:3\n", "/", 2).Count);

    [Theory]
    [InlineData("tsp:")]
    [InlineData("tsp:-1?hash=zz")]
    [InlineData("tsp:99999999999?x")]
    [InlineData("TSP:?hash=")]
    public void A_line_that_names_no_song_has_neither_id_nor_hash(string line)
    {
        var entry = Assert.Single(Playlist.Parse(line, "/", 2));

        Assert.Equal((0, true), (entry.Id, entry.Hash.IsEmpty));
    }

    [Property]
    public void A_name_from_another_peer_never_starts_a_new_entry(NonNull<string> name)
    {
        var entry = Assert.Single(Playlist.Parse(Playlist.Format([new PlaylistEntry(name.Get) { Id = 5, Hash = Hash }]), "/", 10));

        Assert.Equal((5, Hash), (entry.Id, entry.Hash));
    }

    [Property]
    public void Any_text_is_read_without_an_error(NonNull<string> text) =>
        Assert.All(Playlist.Parse(text.Get, _folder.Path, 100), entry => Assert.True(entry.Name.Length <= 500));

    [Fact]
    public void An_export_never_replaces_a_file()
    {
        PlaylistTarget.Write(_folder.In("a.m3u8"), "one");

        var error = Assert.Throws<IOException>(() => PlaylistTarget.Write(_folder.In("a.m3u8"), "two"));

        Assert.Contains("exists", error.Message, StringComparison.Ordinal);
        Assert.Equal("one", File.ReadAllText(_folder.In("a.m3u8")));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void An_export_into_a_missing_folder_says_so() => Assert.Contains(
        "does not exist", Assert.Throws<IOException>(() => PlaylistTarget.Write(_folder.In("no", "a.m3u8"), "one")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_list_keeps_its_newest_songs()
    {
        var list = new SongList(_folder.In(SongList.PlayedName), 2);
        for (var id = 1; id <= 3; id++)
            list.Append(new PlaylistEntry($"song {id}") { Id = id });

        Assert.Equal([2, 3], list.Load().Select(entry => entry.Id));
        list.Save(list.Load());
        Assert.Equal(2, File.ReadLines(list.Path).Count(line => line.StartsWith("tsp:", StringComparison.Ordinal)));
        Assert.StartsWith("#EXTM3U", File.ReadAllText(list.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_of_a_list_is_private()
    {
        if (OperatingSystem.IsWindows())
            return;
        var list = new SongList(_folder.In(SongList.PlayedName), 2);
        list.Append(new PlaylistEntry("one") { Id = 1 });
        var appended = File.GetUnixFileMode(list.Path);
        list.Save(list.Load());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, appended);
        Assert.Equal(appended, File.GetUnixFileMode(list.Path));
    }
}
