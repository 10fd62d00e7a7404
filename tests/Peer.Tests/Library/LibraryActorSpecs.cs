using Akka.Actor;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Library;

/// <summary>Checks the actor that scans a peer's music folders and stores the ids of its songs.</summary>
public sealed class LibraryActorSpecs : PeerSpec
{
    // Neither a watch nor a sweep: the library scans again only on request.
    private static readonly LibrarySettings Quick =
        new() { Watch = new WatchSettings { Enabled = false, QuietTime = TimeSpan.Zero, SweepInterval = TimeSpan.Zero } };

    private readonly OwnSongsCell _cell = new();
    private readonly string _music;
    private LibraryIndex _index;

    public LibraryActorSpecs(ITestOutputHelper output)
        : base(output)
    {
        _music = Directory.CreateDirectory(Folder.In("music")).FullName;
        _index = LibraryIndex.Open(Folder.In("library.db"), out _);
        File.Copy(DemoMusic.Files[0], Path.Combine(_music, "one.mp3"));
        File.Copy(DemoMusic.Files[1], Path.Combine(_music, "two.mp3"));
    }

    [Fact]
    public async Task The_first_scan_finds_the_songs_and_notifies_the_watchers()
    {
        File.WriteAllText(Path.Combine(_music, "notes.mp3"), "no song");
        Sys.EventStream.Subscribe(TestActor, typeof(ScanReport));
        var library = Start();
        var watcher = CreateTestProbe();
        library.Tell(WatchLibrary.Instance, watcher);

        var report = await AskAsync(library, GetScanReport.Instance);

        Assert.Equal((2, null), (report.Songs, report.Failure));
        Assert.Contains("notes.mp3", Assert.Single(report.Problems), StringComparison.Ordinal);
        await watcher.FishForMessageAsync<LibraryChanged>(changed => changed.Songs.ByHash.Count == 2);
        Assert.Equal(report, await ExpectMsgAsync<ScanReport>());
        Assert.Equal(2, _cell.Current.ByHash.Count);
        Assert.All(_cell.Current.ByHash.Values, song => Assert.Equal(0, song.Id));
    }

    [Fact]
    public async Task A_rescan_finds_added_and_removed_files()
    {
        var library = Start();
        await AskAsync(library, GetScanReport.Instance);
        File.Delete(Path.Combine(_music, "one.mp3"));
        File.Copy(DemoMusic.Files[2], Path.Combine(_music, "three.mp3"));
        File.Copy(DemoMusic.Files[3], Path.Combine(_music, "four.mp3"));

        Assert.Equal(3, (await AskAsync(library, Rescan.Instance)).Songs);

        Assert.DoesNotContain(_cell.Current.ByHash.Values, song => song.File.Path.EndsWith("one.mp3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_folder_that_can_be_read_again_is_found_without_a_watch_or_a_sweep()
    {
        var closed = Directory.CreateDirectory(Path.Combine(_music, "closed")).FullName;
        File.Copy(DemoMusic.Files[2], Path.Combine(closed, "three.mp3"));
        // A .tspignore file that is too long closes a folder for every user, root included.
        File.WriteAllText(Path.Combine(closed, ".tspignore"), new string('x', 1 << 20));
        var settings = Quick with { RetryInterval = TimeSpan.FromMilliseconds(50) };
        var library = Sys.ActorOf(LibraryActor.Props(_index, settings.Roots([_music]), settings, _cell));
        Assert.Equal(2, (await AskAsync(library, GetScanReport.Instance)).Songs);

        File.Delete(Path.Combine(closed, ".tspignore"));

        await AwaitAssertAsync(() => Assert.Equal(3, _cell.Current.ByHash.Count));
    }

    [Fact]
    public async Task Concurrent_rescan_requests_are_all_answered()
    {
        var library = Start();

        var reports = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(library, Rescan.Instance)));

        Assert.All(reports, report => Assert.Equal(2, report.Songs));
    }

    [Fact]
    public async Task Assigned_ids_are_applied_and_survive_a_restart()
    {
        var library = Start();
        await AskAsync(library, GetScanReport.Instance);
        var (one, two) = (Hash("one.mp3"), Hash("two.mp3"));

        library.Tell(new RememberIds([Assigned(one, 11), Assigned(two, 12)]));
        await AwaitAssertAsync(() => Assert.Equal(two, _cell.Current.Find(12)?.File.Hash));
        Assert.Equal(one, _cell.Current.Find(11)?.File.Hash);
        await AwaitAssertAsync(() => Assert.Equal(2, _index.SongIds().Count));
        await library.GracefulStop(TimeSpan.FromSeconds(30));
        _index.Dispose();
        _index = LibraryIndex.Open(Folder.In("library.db"), out _);
        _cell.Current = OwnSongs.None;

        await AskAsync(Start(), GetScanReport.Instance);

        Assert.Equal(one, _cell.Current.Find(11)?.File.Hash);
        Assert.Equal(two, _cell.Current.Find(12)?.File.Hash);
    }

    [Fact]
    public async Task An_id_follows_its_song_when_the_file_is_moved()
    {
        var library = Start();
        await AskAsync(library, GetScanReport.Instance);
        var one = Hash("one.mp3");
        library.Tell(new RememberIds([Assigned(one, 11)]));

        Directory.CreateDirectory(Path.Combine(_music, "sub"));
        File.Move(Path.Combine(_music, "one.mp3"), Path.Combine(_music, "sub", "renamed.mp3"));
        await AskAsync(library, Rescan.Instance);

        Assert.EndsWith("renamed.mp3", _cell.Current.Find(11)?.File.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_is_later_assigned_to_a_different_song_moves_to_that_song()
    {
        var library = Start();
        await AskAsync(library, GetScanReport.Instance);
        var (one, two) = (Hash("one.mp3"), Hash("two.mp3"));
        library.Tell(new RememberIds([Assigned(one, 11)]));

        library.Tell(new RememberIds([Assigned(two, 11)]));

        await AwaitAssertAsync(() => Assert.Equal(two, _cell.Current.Find(11)?.File.Hash));
        Assert.Equal(0, _cell.Current.ByHash[one].Id);
        await AskAsync(library, Rescan.Instance);
        Assert.Equal(two, _cell.Current.Find(11)?.File.Hash);
        Assert.Equal(0, _cell.Current.ByHash[one].Id);
    }

    [Fact]
    public async Task A_refused_song_receives_no_id()
    {
        var library = Start();
        await AskAsync(library, GetScanReport.Instance);
        var watcher = CreateTestProbe();
        library.Tell(WatchLibrary.Instance, watcher);
        await watcher.ExpectMsgAsync<LibraryChanged>();

        library.Tell(new RememberIds([Assigned(Hash("one.mp3"), 0)]));

        await AskAsync(library, GetScanReport.Instance);
        await watcher.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_failed_scan_reports_the_reason_and_the_songs_stay_shared()
    {
        var library = Start();
        await AskAsync(library, GetScanReport.Instance);
        _index.Dispose();

        var report = await AskAsync(library, Rescan.Instance);

        Assert.NotNull(report.Failure);
        Assert.Equal(2, report.Songs);
        Assert.Equal(2, _cell.Current.ByHash.Count);
    }

    [Fact]
    public async Task A_full_disk_is_reported_once_however_many_files_arrive_and_so_is_its_end()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(ScanReport));
        Sys.EventStream.Subscribe(TestActor, typeof(LibraryNotice));
        var library = Start();
        await AskAsync(library, GetScanReport.Instance);
        await ExpectMsgAsync<ScanReport>();

        for (var time = 0; time < 2; time++)
        {
            Execute("CREATE TRIGGER full BEFORE INSERT ON files BEGIN SELECT RAISE(FAIL, 'the disk is full'); END");
            await EventFilter.Error(contains: "the disk is full").ExpectAsync(1, async () =>
            {
                for (var number = 0; number < 4; number++)
                {
                    var path = Path.Combine(_music, $"new-{time}-{number}.mp3");
                    File.Copy(DemoMusic.Files[2], path);
                    File.AppendAllText(path, new string('x', 1 + number + 10 * time));
                    Assert.NotNull((await AskAsync(library, new Rescan(path))).Failure);
                    Assert.NotNull((await AskAsync(library, Rescan.Instance)).Failure);
                    // This scan has nothing to write, so it does not prove that the disk has room.
                    Assert.Null((await AskAsync(library, new Rescan(Path.Combine(_music, "none.mp3")))).Failure);
                }
            });
            Assert.NotNull((await ExpectMsgAsync<ScanReport>()).Failure);

            Execute("DROP TRIGGER full");
            await AskAsync(library, Rescan.Instance);
            Assert.Contains("again", (await ExpectMsgAsync<LibraryNotice>()).Text, StringComparison.Ordinal);
            Assert.Null((await ExpectMsgAsync<ScanReport>()).Failure);
            await AskAsync(library, Rescan.Instance);
            Assert.Null((await ExpectMsgAsync<ScanReport>()).Failure);
        }

        Assert.Equal(3, _cell.Current.ByHash.Count);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_failure_to_save_ids_is_reported_once_and_so_is_its_end()
    {
        var store = new SongIdStore(_index, Sys.Log);
        var hash = new ContentHash(new byte[ContentHash.Size]);
        Execute("CREATE TRIGGER full BEFORE INSERT ON song_ids BEGIN SELECT RAISE(FAIL, 'the disk is full'); END");

        await EventFilter.Warning(contains: "the disk is full").ExpectAsync(1, () => SaveAsync(5));
        Execute("DROP TRIGGER full");
        await EventFilter.Warning(contains: "can be saved again").ExpectAsync(1, () => SaveAsync(5));

        Task SaveAsync(int times)
        {
            for (var id = 1; id <= times; id++)
                store.Save(new Dictionary<ContentHash, int> { [hash] = id }, new Dictionary<ContentHash, IdReceipt>());
            return store.Saved;
        }
    }

    [Fact]
    public async Task Ids_that_arrive_during_a_save_are_saved_together_and_the_newest_wins()
    {
        var store = new SongIdStore(_index, Sys.Log);
        var hash = new ContentHash(new byte[ContentHash.Size]);
        Execute("CREATE TABLE saves (id INTEGER); "
            + "CREATE TRIGGER saved AFTER INSERT ON song_ids BEGIN INSERT INTO saves VALUES (new.id); END");

        for (var id = 1; id <= 10_000; id++)
            store.Save(new Dictionary<ContentHash, int> { [hash] = id }, new Dictionary<ContentHash, IdReceipt>());
        await store.Saved;

        Assert.Equal(10_000, _index.SongIds()[hash]);
        Assert.InRange(Number("SELECT count(*) FROM saves"), 1, 5_000);
    }

    [Fact]
    public async Task A_missing_folder_is_reported_as_a_problem_and_not_as_a_failure()
    {
        var library = Start(_music, Folder.In("none"));

        var report = await AskAsync(library, GetScanReport.Instance);

        Assert.Equal((2, null), (report.Songs, report.Failure));
        Assert.Contains(Folder.In("none"), Assert.Single(report.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, "it is scanned periodically instead")]
    [InlineData(0, "periodic scans are off, so changes may go unnoticed until a \"rescan\" or a restart")]
    public async Task A_notice_says_what_happens_when_a_folder_cannot_be_watched(int sweepSeconds, string consequence)
    {
        var folder = Folder.In("none");
        var watched = Quick with
        {
            Watch = Quick.Watch with { Enabled = true, SweepIntervalUnwatched = TimeSpan.FromSeconds(sweepSeconds) },
        };
        Sys.EventStream.Subscribe(TestActor, typeof(LibraryNotice));

        await AskAsync(Sys.ActorOf(LibraryActor.Props(_index, watched.Roots([folder]), watched, _cell)), GetScanReport.Instance);

        Assert.Equal(
            $"{folder} is not watched for changes: it does not exist; {consequence}", (await ExpectMsgAsync<LibraryNotice>()).Text);
    }

    [Fact]
    public async Task A_peer_that_shares_nothing_has_an_empty_library()
    {
        var library = Sys.ActorOf(EmptyLibraryActor.Props);
        library.Tell(WatchLibrary.Instance);

        Assert.Empty((await ExpectMsgAsync<LibraryChanged>()).Songs.ByHash);
        Assert.Equal(0, (await AskAsync(library, Rescan.Instance)).Songs);
        Assert.Equal(0, (await AskAsync(library, GetScanReport.Instance)).Songs);
    }

    protected override void AfterAll()
    {
        _index.Dispose();
        base.AfterAll();
    }

    private long Number(string query)
    {
        using var database = new SqliteConnection($"Data Source={Folder.In("library.db")};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }

    // Changes the index file directly, so that the library can no longer write to it, for example.
    private void Execute(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={Folder.In("library.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    private static Task<ScanReport> AskAsync(IActorRef library, object question) =>
        library.Ask<ScanReport>(question, TimeSpan.FromSeconds(30));

    private static AssignedSong Assigned(ContentHash hash, int id) => new() { ContentHash = ByteString.CopyFrom(hash.ToArray()), Id = id };

    private IActorRef Start(params string[] folders) =>
        Sys.ActorOf(LibraryActor.Props(_index, Quick.Roots(folders.Length > 0 ? folders : [_music]), Quick, _cell));

    private ContentHash Hash(string name) =>
        _cell.Current.ByHash.Values.Single(song => song.File.Path.EndsWith(name, StringComparison.Ordinal)).File.Hash;
}
