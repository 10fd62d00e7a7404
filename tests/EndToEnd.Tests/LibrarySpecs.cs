using System.Diagnostics;
using System.Text.Json;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that changes in a music folder reach other peers, and that scans survive a kill and do not disturb other work.</summary>
public sealed class LibrarySpecs(ITestOutputHelper output)
{
    [NeedsFact("lame")]
    public async Task Another_peer_sees_changes_in_a_watched_folder_and_ids_stay_the_same()
    {
        await using var stage = new Stage();
        stage.Share("alice", "first.mp3", await Songs.ToneAsync(440));
        var music = stage.Music("alice");
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var bob = await stage.StartConsoleAsync(tracker, "bob");
        var sound = await Songs.ToneAsync(550);

        stage.Share("alice", "added.mp3", sound);
        var added = Assert.Single(await BecomesAsync("a file was added", "first", "added"), song => song.Tags.Title == "added");
        var id = added.Id;

        File.Copy(Path.Combine(music, "added.mp3"), Path.Combine(music, "a copy.mp3"));
        Assert.Equal(id, Titled(await BecomesAsync("a copy whose name sorts first was added", "first", "a copy"), "a copy").Id);

        File.Delete(Path.Combine(music, "a copy.mp3"));
        Assert.Equal(id, Titled(await BecomesAsync("the copy was deleted", "first", "added"), "added").Id);

        Directory.CreateDirectory(Path.Combine(music, "new", "folder"));
        File.Move(Path.Combine(music, "added.mp3"), Path.Combine(music, "new", "folder", "moved.mp3"));
        Assert.Equal(id, Titled(await BecomesAsync("the file was moved", "first", "moved"), "moved").Id);

        await File.WriteAllBytesAsync(
            Path.Combine(music, "new", "folder", "moved.mp3"), [.. TagBytes.Id3v23(("TIT2", "Retagged")), .. sound]);
        Assert.Equal(id, Titled(await BecomesAsync("the file was retagged", "first", "Retagged"), "Retagged").Id);

        Directory.Move(Path.Combine(music, "new"), stage.Folder.In("away"));
        await BecomesAsync("the folder was moved away", "first");

        Directory.Move(stage.Folder.In("away"), Path.Combine(music, "back"));
        Assert.Equal(id, Titled(await BecomesAsync("the folder came back", "first", "Retagged"), "Retagged").Id);

        File.Delete(Path.Combine(music, "back", "folder", "moved.mp3"));
        await BecomesAsync("the file was deleted", "first");
        stage.Share("alice", "again.mp3", sound);
        Assert.Equal(id, Titled(await BecomesAsync("the file was added again", "first", "again"), "again").Id);

        async Task<IReadOnlyList<Song>> BecomesAsync(string what, params string[] titles)
        {
            var watch = Stopwatch.StartNew();
            var songs = await Catalog.BecomesAsync(
                tracker, songs => songs.Select(song => song.Tags.Title).Order().SequenceEqual(titles.Order()),
                $"{what}: {string.Join(", ", titles)}");
            output.WriteLine($"{what}: {watch.ElapsedMilliseconds} ms");
            await bob.Process.AskAsync("list", titles[^1]);
            return songs;
        }
    }

    [NeedsFact("lame")]
    public async Task The_console_shows_which_files_are_shared_or_skipped_and_can_rescan()
    {
        await using var stage = new Stage();
        stage.Share("alice", "good.mp3", await Songs.ToneAsync(440));
        stage.Share("alice", "bad.mp3", "this is no music"u8.ToArray());
        var tracker = await stage.StartTrackerAsync();
        var alice = await stage.StartConsoleAsync(
            tracker, "alice", "TSP__PEER__LIBRARY__WATCH=off", "TSP__PEER__LIBRARY__EXCLUDE__0=*.part.mp3");

        await alice.Process.AskAsync("status", "^library   1 song in 1 file, 1 left out, not watched$");
        await alice.Process.AskAsync("library problems", @"bad\.mp3: ");

        stage.Share("alice", "new.part.mp3", await Songs.ToneAsync(500));
        Directory.CreateDirectory(Path.Combine(stage.Music("alice"), "sub"));
        File.WriteAllBytes(Path.Combine(stage.Music("alice"), "sub", "new.mp3"), await Songs.ToneAsync(550));
        await alice.Process.TypeAsync($"rescan {stage.Music("alice")}");
        await alice.Process.ReportsAsync("^sharing 2 songs; 1 file left out$");
        await alice.Process.TypeAsync($"rescan {stage.Folder.Path}x");
        await alice.Process.ReportsAsync("is not in any of the shared folders");
    }

    [NeedsFact("lame", "setpriv:util-linux")]
    public async Task A_folder_without_permission_is_named_and_its_songs_return_soon_after_the_permission()
    {
        await using var stage = new Stage();
        stage.Share("alice", "open.mp3", await Songs.ToneAsync(440));
        var closed = Directory.CreateDirectory(Path.Combine(stage.Music("alice"), "closed")).FullName;
        stage.Share("alice", Path.Combine("closed", "inside.mp3"), await Songs.ToneAsync(550));
        var tracker = await stage.StartTrackerAsync();
        var alice = await StartWithoutPrivilegesAsync(stage, tracker, "TSP__PEER__LIBRARY__RETRY_INTERVAL=1s");
        await AreAsync("inside", "open");

        // chmod -R 644: the folder can be listed, but not entered.
        SetMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await alice.Process.TypeAsync("rescan");
        await alice.Process.ReportsAsync("^sharing 1 song; 1 file left out$");
        await alice.Process.AskAsync("library problems", "closed: the program does not have permission .*to enter it");
        await AreAsync("open");
        SetMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await AreAsync("inside", "open");

        SetMode(closed, UnixFileMode.None);
        await alice.Process.TypeAsync("rescan");
        await AreAsync("open");
        SetMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await AreAsync("inside", "open");
        await alice.Process.TypeAsync("library problems");
        await alice.Process.ReportsAsync("^nothing was left out");

        Task AreAsync(params string[] titles) => Catalog.BecomesAsync(
            tracker, songs => songs.Select(song => song.Tags.Title).Order().SequenceEqual(titles), string.Join(", ", titles));
    }

    [NeedsFact("lame", "unshare:util-linux", "mount")]
    public async Task A_full_data_disk_is_reported_once_and_so_is_its_recovery()
    {
        await using var stage = new Stage();
        stage.Share("alice", "first.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        var data = Directory.CreateDirectory(stage.Data("alice")).FullName;
        var peer = string.Join(' ', stage.PeerArguments(tracker, "alice"));
        // Only this program sees the small disk.
        var alice = await Stage.ReadyAsync(stage.StartNative(
            "unshare", ["-Urm", "sh", "-c", $"mount -t tmpfs -o size=4m none {data} && exec {Stage.ShellCommand("Peer")} {peer} --audio null"],
            ["TSP__PEER__LIBRARY__RETRY_INTERVAL=1s"]));
        var filler = $"/proc/{alice.Process.Id}/root{data}/filler";
        Fill(filler);

        var sound = await Songs.ToneAsync(550);
        for (var number = 1; number <= 55; number++)
            stage.Share("alice", $"song {number}.mp3", [.. sound, .. new byte[number]]);
        await alice.Process.ReportsAsync("error: Could not scan the music folders: .*library.db.*disk is full");
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var from = alice.Process.Errors.Text.Length;
            await alice.Process.TypeAsync("rescan");
            await alice.Process.ReportsAsync("^error: could not scan the music folders", from);
        }

        stage.Share("alice", "last.mp3", await Songs.ToneAsync(660));
        File.Delete(filler);

        await alice.Process.ReportsAsync("^the music folders can be scanned again");
        await Catalog.BecomesAsync(tracker, songs => songs.Count == 3, "the first song, that of the 55 copies, and the last one");
        Assert.Single(alice.Process.Errors.Text.Split('\n'), line => line.Contains("Could not scan", StringComparison.Ordinal));
        Assert.Single(alice.Process.Errors.Text.Split('\n'), line => line.Contains("scanned again", StringComparison.Ordinal));
    }

    [NeedsFact("lame")]
    public async Task A_file_with_a_hole_has_no_absurd_bitrate_because_it_is_not_shared()
    {
        await using var stage = new Stage();
        stage.Share("alice", "good.mp3", await Songs.ToneAsync(440));
        var second = await Songs.ToneAsync(550, 1);
        using (var file = File.Create(Path.Combine(stage.Music("alice"), "hole.mp3")))
        {
            file.Write(second);
            file.Position += 1_500L << 20;
            file.Write(second);
        }

        var tracker = await stage.StartTrackerAsync();
        var alice = await stage.StartConsoleAsync(tracker, "alice");

        await alice.Process.AskAsync("library problems", @"hole\.mp3: most of the data between its audio frames is not audio");
        var listed = await stage.StartGuest(tracker, "list", "--json").ExitsWithAsync(0);
        var song = Assert.Single(JsonDocument.Parse(listed.Output.Text).RootElement.EnumerateArray());
        Assert.Equal("good", song.GetProperty("title").GetString());
        Assert.InRange(song.GetProperty("bitrate").GetInt32(), 32_000, 320_000);
        Assert.Contains("no song 2", await stage.StartGuest(tracker, "info", "2").FailsWithAsync(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_is_killed_during_a_scan_restarts_correctly()
    {
        const int count = 900;
        await using var stage = new Stage();
        ManySongs.Write(stage.Music("alice"), count, frames: 60);
        var tracker = await stage.StartTrackerAsync();
        for (var round = 1; round <= 3; round++)
        {
            var peer = stage.Start("Peer", [.. stage.PeerArguments(tracker, "alice"), "serve"], ["TSP__PEER__LIBRARY__SCAN_PARALLELISM=1"]);
            // The index grows with every write, so the peer is killed in the middle of a scan, during a write or just after one.
            var enough = round * 60_000;
            await Catalog.EventuallyAsync(() => Task.FromResult(IndexBytes(stage)), bytes => bytes > enough, "the index has grown");
            peer.Signal("KILL");
            await peer.ExitAsync();
        }

        var alice = await stage.StartPeerAsync(tracker, "alice");
        Assert.Equal(count, alice.Songs);
        Assert.DoesNotContain("set aside", alice.Process.Errors.Text, StringComparison.Ordinal);
        var before = await Catalog.IdsAsync(tracker);
        Assert.Equal(count, before.Count);

        alice.Process.Signal("KILL");
        await alice.Process.ExitAsync();
        Assert.Equal(count, (await stage.StartPeerAsync(tracker, "alice")).Songs);
        Assert.Equal(before, await Catalog.IdsAsync(tracker));
    }

    /// <summary>
    /// TSP_MANY_FILES=100000 selects the full test, in which the stream must also be on time and lists must arrive within a second.
    /// </summary>
    [NeedsFact("lame")]
    public async Task While_thousands_of_new_files_are_read_list_requests_are_answered_and_a_stream_arrives_complete()
    {
        var isFull = int.TryParse(Environment.GetEnvironmentVariable("TSP_MANY_FILES"), out var count);
        if (!isFull)
            count = 5_000;
        await using var stage = new Stage();
        stage.Share("alice", "song.mp3", await Songs.ToneAsync(440, seconds: isFull ? 60 : 13));
        var tracker = await stage.StartTrackerAsync();
        var alice = await stage.StartPeerAsync(tracker, "alice", "TSP__PEER__HOSTING__START_BURST=1s");
        ManySongs.Write(stage.Folder.In("away"), count);
        var listener = ListenAsync(alice);

        Directory.Move(stage.Folder.In("away"), Path.Combine(stage.Music("alice"), "many"));
        var totals = new List<long>();
        var slowest = TimeSpan.Zero;
        using (var client = await RawTspClient.Connect(tracker.Port))
        {
            await Catalog.EventuallyAsync(
                async () =>
                {
                    var asked = Stopwatch.StartNew();
                    await client.Send(Operation.List, 0, new ListRequest { Limit = 10 });
                    totals.Add((await client.SkipTo<SongPage>(Operation.List)).Total);
                    slowest = asked.Elapsed > slowest ? asked.Elapsed : slowest;
                    return totals[^1];
                },
                total => total == count + 1,
                "all songs are listed",
                MachineSpeed.Deadline(TimeSpan.FromMinutes(10)));
        }

        var least = await listener;
        output.WriteLine($"songs listed: {string.Join(", ", totals.Distinct())}");
        output.WriteLine(FormattableString.Invariant($"list answered within {slowest.TotalMilliseconds:0} ms; every byte arrived at least {least.TotalMilliseconds:0} ms before it was due"));
        Assert.Equal(totals.Order(), totals);
        if (isFull)
        {
            Assert.InRange(least, TimeSpan.Zero, TimeSpan.MaxValue);
            Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Streams song 1 in real time.</summary>
    /// <returns>The smallest lead of a byte over its due time, for a listener that starts to play at the first byte.</returns>
    private static async Task<TimeSpan> ListenAsync(PeerProgram host)
    {
        using var client = await RawTspClient.Connect(host.Port);
        await client.Send(Operation.Play, 1, new PlayRequest { Pace = Pace.Realtime });
        var song = (await client.SkipTo<StreamStart>(Operation.Play)).Song.Format;
        var clock = new Stopwatch();
        var (received, least) = (0L, TimeSpan.MaxValue);
        while (await client.SkipTo(Operation.Data) is { IsEndOfSong: false } frame)
        {
            clock.Start();
            var margin = TimeSpan.FromMilliseconds((double)song.DurationMs * received / song.PayloadBytes) - clock.Elapsed;
            // The first bytes cannot arrive ahead of time.
            if (received > 0 && margin < least)
                least = margin;
            received += frame.Body.Length;
        }

        Assert.Equal((long)song.PayloadBytes, received);
        return least;
    }

    private static Song Titled(IEnumerable<Song> songs, string title) => Assert.Single(songs, song => song.Tags.Title == title);

    private static long IndexBytes(Stage stage) =>
        Directory.Exists(stage.Data("alice"))
            ? new DirectoryInfo(stage.Data("alice")).EnumerateFiles("library.db*").Sum(file => file.Length)
            : 0;

    // Root can enter every folder, unless it gives up the capabilities that allow it.
    private static Task<PeerProgram> StartWithoutPrivilegesAsync(Stage stage, TrackerProgram tracker, params string[] environment) =>
        Stage.ReadyAsync(stage.StartNative(
            "setpriv",
            [
                .. Environment.IsPrivilegedProcess ? ["--bounding-set", "-dac_override,-dac_read_search"] : Array.Empty<string>(),
                .. Stage.Command("Peer"), .. stage.PeerArguments(tracker, "alice"), "--audio", "null",
            ],
            environment));

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path, bufferSize: 1);
        var block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // The disk is full.
        }
    }
}
