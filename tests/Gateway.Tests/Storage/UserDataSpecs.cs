using TspActors.Gateway.Security;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway.Tests.Storage;

public sealed class UserDataSpecs : IDisposable
{
    private static readonly PlaylistEntry Song = new("tr-a", "Title", "Artist", "Album", 1_000);

    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TempData _data = new();
    private GatewayDatabase _database;

    public UserDataSpecs() => _database = GatewayDatabase.Open(_data.Path, out _);

    public void Dispose()
    {
        _database.Dispose();
        _data.Dispose();
    }

    [Fact]
    public void Everything_is_the_same_after_a_restart()
    {
        var data = Data();
        data.Star(["tr-a", "al-b"], _clock.GetUtcNow());
        data.Rate("al-b", 4);
        data.CountPlays([new Play("tr-a", "al-b", _clock.GetUtcNow())]);
        var playlist = data.CreatePlaylist("Mine", [Song, Song]);
        data.ChangePlaylist(playlist.Id, comment: "ok", isPublic: true);
        data.SaveQueue(new PlayQueue(["tr-a", "tr-a"], 1, 500, _clock.GetUtcNow(), "page"));
        data.SaveBookmark(new Bookmark("tr-a", 7, "here", _clock.GetUtcNow(), _clock.GetUtcNow()));

        _database.Dispose();
        _database = GatewayDatabase.Open(_data.Path, out var notice);
        var again = Data();

        Assert.Null(notice);
        Assert.Equal(new Marks(_clock.GetUtcNow(), 0, 1, _clock.GetUtcNow()), again.MarksOf("tr-a"));
        Assert.Equal(4, again.MarksOf("al-b").Rating);
        Assert.Equal(["al-b"], again.Starred("al-"));
        Assert.Equal(["al-b"], again.FrequentAlbums());
        var read = Assert.Single(again.Playlists);
        Assert.Equal((playlist.Id, "Mine", "ok", true, 2), (read.Id, read.Name, read.Comment, read.IsPublic, read.Entries.Count));
        Assert.Equal((1, 500L, "page"), (again.Queue!.CurrentIndex, again.Queue.PositionMs, again.Queue.ChangedBy));
        Assert.Equal("here", Assert.Single(again.Bookmarks).Comment);
    }

    [Fact]
    public void Lists_are_bounded_and_say_which_setting_limits_them()
    {
        var data = new UserData(
            _database, new GatewayLimits { MaxPlaylists = 1, MaxPlaylistSongs = 1, MaxMarks = 1, MaxBookmarks = 1 }, _clock);
        data.CreatePlaylist("one", [Song]);
        data.Star(["tr-a"], _clock.GetUtcNow());
        data.SaveBookmark(new Bookmark("tr-a", 1, "", default, default));

        Assert.Contains("max-playlists", Assert.Throws<UserDataFullException>(() => data.CreatePlaylist("two", [])).Message, StringComparison.Ordinal);
        Assert.Contains("max-playlist-songs", Assert.Throws<UserDataFullException>(() => data.CreatePlaylist("x", [Song, Song])).Message, StringComparison.Ordinal);
        Assert.Contains("max-marks", Assert.Throws<UserDataFullException>(() => data.Rate("tr-b", 1)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "max-bookmarks", Assert.Throws<UserDataFullException>(() => data.SaveBookmark(new Bookmark("tr-b", 1, "", default, default))).Message,
            StringComparison.Ordinal);
        data.Unstar(["tr-a"]);
        data.Rate("tr-b", 1);
    }

    [Fact]
    public void A_damaged_database_is_set_aside_and_the_notice_names_it()
    {
        _database.Dispose();
        File.WriteAllText(_data.In(GatewayDatabase.FileName), new string('x', 10_000));

        _database = GatewayDatabase.Open(_data.Path, out var notice);

        Assert.Contains("damaged", notice, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_data.Path, "http.db.damaged-*"));
        Data().CreatePlaylist("new", []);
    }

    [Fact]
    public void Damage_inside_the_database_is_noticed_when_it_is_opened()
    {
        var data = Data();
        data.Star([.. Enumerable.Range(0, 5_000).Select(number => $"tr-{number}")], _clock.GetUtcNow());
        _database.Dispose();
        using (var file = File.OpenWrite(_data.In(GatewayDatabase.FileName)))
        {
            // The first pages contain the schema, and the pages with the stars follow.
            file.Position = 16 * 4_096;
            file.Write(Enumerable.Repeat((byte)0xFF, 4 * 4_096).ToArray());
        }

        _database = GatewayDatabase.Open(_data.Path, out var notice);

        Assert.Contains("damaged", notice, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_data.Path, "http.db.damaged-*"));
        Data().Star(["tr-1"], _clock.GetUtcNow());
    }

    [Fact]
    public async Task Rows_that_make_no_sense_are_left_out()
    {
        Data().Star(["tr-good"], _clock.GetUtcNow());
        _database.Execute("INSERT INTO marks VALUES ('tr-late', 9000000000000000000, 0, 0, NULL), ('tr-many', 1, 0, 9000000000000000000, NULL)");
        _database.Execute("INSERT INTO playlists VALUES ('pl-1', '{}'), ('pl-2', 'null'), ('pl-3', '{\"Id\":\"pl-3\",\"Entries\":[null]}')");
        _database.Execute("INSERT INTO bookmarks VALUES ('tr-1', '{}'), ('tr-2', '[]')");
        _database.Execute("INSERT INTO sessions VALUES (x'00', 'phone', 9000000000000000000)");
        _database.Execute(
            "INSERT INTO songs VALUES (zeroblob(32), 9000000000000000000, NULL, NULL), (x'" + new string('1', 64) + "', 1, x'FFFF', 1), (x'"
                + new string('2', 64) + "', 1, NULL, NULL)");
        _database.Execute(
            "INSERT INTO state VALUES ('queue', '{\"SongIds\":[\"tr-1\"],\"CurrentIndex\":7,\"ChangedBy\":\"x\"}'), ('artists-modified', '9000000000000000000')");

        var data = Data();
        Assert.Equal(["tr-good"], data.Starred("tr-"));
        Assert.Empty(data.Playlists);
        Assert.Empty(data.Bookmarks);
        Assert.Equal((1, null), (data.Queue!.SongIds.Count, data.Queue.CurrentIndex));
        Assert.Null(new Sessions(_database, new GatewayLimits(), _clock).Find("x", out _));
        await using var memory = new LibraryMemory(_database, Akka.Event.NoLogger.Instance);
        Assert.Single(memory.ReadSongs());
        Assert.Null(memory.ReadArtistsModified());
    }

    [Fact]
    public void Many_plays_are_counted_in_one_change()
    {
        var (data, at) = (Data(), _clock.GetUtcNow());
        var before = data.Version;

        data.CountPlays([new Play("tr-a", "al-b", at), new Play("tr-c", "al-b", at), new Play("tr-a", "al-b", at.AddMinutes(4))]);

        Assert.Equal(1, data.Version - before);
        Assert.Equal((2, at.AddMinutes(4)), (data.MarksOf("tr-a").PlayCount, data.MarksOf("tr-a").Played));
        Assert.Equal((1, 3), (data.MarksOf("tr-c").PlayCount, data.MarksOf("al-b").PlayCount));
        Assert.Equal(3, Data().MarksOf("al-b").PlayCount);
    }

    [Fact]
    public void A_play_that_is_reported_late_does_not_change_when_a_song_was_last_played()
    {
        var (data, at) = (Data(), _clock.GetUtcNow());

        data.CountPlays([new Play("tr-a", "al-b", at)]);
        data.CountPlays([new Play("tr-c", "al-b", at.AddDays(-1))]);

        Assert.Equal((2, at), (data.MarksOf("al-b").PlayCount, data.MarksOf("al-b").Played));
    }

    [Fact]
    public void A_comment_may_have_2000_characters()
    {
        var data = Data();
        var id = data.CreatePlaylist("Mine", []).Id;

        data.ChangePlaylist(id, comment: new string('c', 3_000));

        Assert.InRange(data.FindPlaylist(id)!.Comment.Length, 1_990, 2_000);
    }

    [Fact]
    public void Songs_that_are_added_at_the_same_time_are_all_in_the_playlist()
    {
        var data = Data();
        var playlist = data.CreatePlaylist("Mine", []);

        Parallel.For(0, 100, number => data.ChangePlaylist(playlist.Id, entries: entries => [.. entries, Song with { SongId = $"tr-{number}" }]));

        Assert.Equal(100, data.FindPlaylist(playlist.Id)!.Entries.Select(entry => entry.SongId).Distinct().Count());
        Assert.Null(data.ChangePlaylist("pl-none", entries: _ => throw new InvalidOperationException("there is no such playlist")));
    }

    [Fact]
    public void On_a_full_disk_a_session_continues_and_one_that_cannot_begin_or_end_is_the_same_in_memory_and_in_the_file()
    {
        var sessions = new Sessions(_database, new GatewayLimits { SessionDays = 2 }, _clock);
        var (old, used) = (sessions.Begin("phone"), sessions.Begin("tablet"));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("tablet", sessions.Find(used, out _));
        // As on a full disk, every write fails.
        _database.Execute("PRAGMA query_only = 1");

        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("tablet", sessions.Find(used, out _));
        Assert.Throws<IOException>(() => sessions.Begin("third"));
        Assert.Throws<IOException>(() => sessions.End(used));
        Assert.Throws<IOException>(() => sessions.EndAll("phone"));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(sessions.Find(old, out _));

        _database.Execute("PRAGMA query_only = 0");
        sessions.EndAll("third");
        sessions.End(used);
        Assert.Null(sessions.Find(used, out _));
        Assert.Null(new Sessions(_database, new GatewayLimits { SessionDays = 2 }, _clock).Find(used, out _));
    }

    [Fact]
    public void A_session_lasts_while_it_is_used_and_ends_with_its_device()
    {
        var sessions = new Sessions(_database, new GatewayLimits { SessionDays = 2, MaxSessions = 2 }, _clock);
        var cookie = sessions.Begin("phone");
        _clock.Advance(TimeSpan.FromDays(1.5));
        Assert.Equal("phone", sessions.Find(cookie, out _));
        _clock.Advance(TimeSpan.FromDays(1.5));
        Assert.Equal("phone", new Sessions(_database, new GatewayLimits { SessionDays = 2 }, _clock).Find(cookie, out _));
        sessions.Begin("tablet");
        sessions.EndAll("phone");
        Assert.Null(sessions.Find(cookie, out _));

        var old = sessions.Begin("tablet");
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Null(sessions.Find(old, out _));
        Assert.Null(sessions.Find("nonsense", out _));
        Assert.DoesNotContain(
            cookie, System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_data.In(GatewayDatabase.FileName))), StringComparison.Ordinal);
    }

    private UserData Data() => new(_database, new GatewayLimits(), _clock);
}
