using System.Text.RegularExpressions;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Mpeg;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks live feeds as users broadcast and play them, with real programs as sources.</summary>
public sealed class LiveSpecs
{
    [NeedsFact("lame")]
    public async Task A_recorded_station_consists_of_its_songs_joined_byte_for_byte()
    {
        await using var stage = new Stage();
        var songs = new List<byte[]>();
        for (var number = 1; number <= 3; number++)
        {
            var song = await NoiseAsync(seconds: 6, seed: number);
            stage.Share("anna", $"{number}.mp3", song);
            songs.Add(Frames(song));
        }

        var tracker = await stage.StartTrackerAsync();
        await StartLiveAsync(stage, tracker, "anna", ["--live", "Radio=station:"]);

        var heard = await RecordAsync(stage, tracker, "Radio", "30s");

        // The recording begins somewhere in a song. After that song, whole songs follow each other.
        var order = songs.Select(song => (Song: song, At: IndexOf(heard, song))).ToList();
        Assert.All(order, entry => Assert.True(entry.At >= 0, "the recording does not contain every song unchanged"));
        order.Sort((one, other) => one.At.CompareTo(other.At));
        for (var i = 1; i < order.Count; i++)
            Assert.Equal(order[i - 1].At + order[i - 1].Song.Length, order[i].At);
        AssertWholeFrames(heard);
    }

    [NeedsFact("lame")]
    public async Task A_listener_continues_without_a_gap_when_its_relay_is_killed()
    {
        await using var stage = new Stage();
        var song = await NoiseAsync(seconds: 120, seed: 9);
        stage.Share("anna", "long.mp3", song);
        var tracker = await stage.StartTrackerAsync();
        await StartLiveAsync(stage, tracker, "anna", ["--live", "Radio=station:"]);
        var relay = await stage.StartConsoleAsync(tracker, "ben", "TSP__PEER__LIVE__RELAY=on");
        await relay.Process.TypeAsync("play Radio");
        await relay.Process.ReportsAsync("playing Radio");
        // The tracker knows the relay when it lists two hosts.
        await WaitForHostsAsync(stage, tracker, 2);
        var saved = stage.Folder.In("heard.mp3");
        var listener = stage.StartGuest(tracker, "play", "Radio", "--output", saved, "--duration", "25s", "--verbose");
        await listener.ReportsAsync(@"ben \(.*\) is sending song");

        relay.Process.Signal("KILL");

        await listener.ExitsWithAsync(0);
        Assert.Matches("lost ben|ben.*: ", listener.Errors.Text);
        var heard = await File.ReadAllBytesAsync(saved, CancellationToken.None);
        AssertWholeFrames(heard);
        Assert.InRange(heard.Length, 25 * 15_900, 27 * 16_100);
        Assert.True(IndexOf(Frames(song), heard) >= 0, "the recording has a gap or a repetition");
    }

    [NeedsFact("ffmpeg", "curl")]
    public async Task A_studio_connects_with_its_password_sends_its_titles_and_is_bridged_when_its_connection_is_lost()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var port = FreePorts.Next();
        var anna = await StartLiveAsync(stage, tracker, "anna", ["--live", $"Studio=icecast:{port}/live"], ready: "sources for Studio connect");
        var password = (await anna.ReportsAsync("password ([a-z0-9]{16}) ")).Groups[1].Value;

        var refused = Ffmpeg(stage, port, "wrong-password");
        Assert.NotEqual(0, await refused.ExitAsync());
        var studio = Ffmpeg(stage, port, password);
        await anna.ReportsAsync("Studio is on the air");
        var second = Ffmpeg(stage, port, password);
        Assert.NotEqual(0, await second.ExitAsync());
        var listener = stage.StartGuest(tracker, "play", "Studio", "--audio", $"wav:{stage.Folder.In("heard.wav")}");
        await listener.ReportsAsync(@"Studio \(live\)");
        var titled = stage.StartNative(
            "curl", ["-s", "-u", $"source:{password}", $"http://127.0.0.1:{port}/admin/metadata?mount=/live&mode=updinfo&song=Ana%20-%20Dos"]);
        await titled.ExitsWithAsync(0);
        Assert.Contains("<return>1</return>", titled.Output.Text, StringComparison.Ordinal);
        await listener.ReportsAsync("now: Ana - Dos");

        studio.Signal("KILL");
        await anna.ReportsAsync("Studio is silent");
        var back = Ffmpeg(stage, port, password, "-legacy_icecast", "1");
        await anna.ReportsAsync("Studio: on the air");
        back.Signal("KILL");
        await anna.ReportsAsync("Studio is off the air: the source has sent nothing for too long");

        await listener.ExitsWithAsync(0);
        Assert.Contains("the feed has ended", listener.Errors.Text, StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task A_station_is_started_skipped_titled_and_stopped_in_the_console()
    {
        await using var stage = new Stage();
        foreach (var number in (int[])[1, 2])
            stage.Share("anna", $"{number}.mp3", await NoiseAsync(seconds: 60, seed: number));
        var tracker = await stage.StartTrackerAsync();
        var anna = (await stage.StartConsoleAsync(tracker, "anna")).Process;
        await anna.TypeAsync("live skip Night owl");
        await anna.ReportsAsync("^error: this peer has no live feed$");
        await anna.TypeAsync("live start Night owl=station:");
        await anna.ReportsAsync("^Night owl is on the air");
        var ben = (await stage.StartConsoleAsync(tracker, "ben")).Process;
        await ben.TypeAsync("play Night owl");
        await ben.ReportsAsync("^playing Night owl");
        var first = (await ben.ReportsAsync("^now: (.*[12])$")).Groups[1].Value;

        await anna.TypeAsync("live skip night owl");

        await anna.ReportsAsync("^Night owl is skipping to its next song$");
        await ben.ReportsAsync($"^now: (?!{Regex.Escape(first)}$).*[12]$");
        await anna.TypeAsync("live title night owl A quiet evening");
        await anna.ReportsAsync("^Night owl is now playing A quiet evening$");
        await ben.ReportsAsync("^now: A quiet evening$");
        await anna.TypeAsync("live");
        await anna.PrintsAsync("^Night owl: on the air, 1 listener, now A quiet evening$");
        await anna.TypeAsync("live title Night owl");
        await anna.ReportsAsync("^error: type live title NAME TEXT$");
        await anna.TypeAsync("live title Owl night A quiet evening");
        await anna.ReportsAsync("^error: there is no such feed; the feeds are Night owl$");
        await anna.TypeAsync("live stop Night owl");
        await ben.ReportsAsync("^ended: Night owl");
    }

    [NeedsFact("lame")]
    public async Task A_save_that_leaves_a_feed_out_says_so_and_fails()
    {
        await using var stage = new Stage();
        stage.Share("anna", "song.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await StartLiveAsync(stage, tracker, "anna", ["--live", "One=station:", "--live", "Two=station:"]);
        var songs = await Catalog.BecomesAsync(
            tracker, all => all.Count(each => each.Live) == 2 && all.Count == 3, "both feeds are listed");
        var feeds = songs.Where(each => each.Live).Select(each => each.Id).ToList();
        var song = songs.Single(each => !each.Live).Id;
        var folder = stage.Folder.Folder("out");

        var error = await stage.StartGuest(tracker, "save", $"{feeds[0]}", $"{feeds[1]}", "--folder", folder).FailsWithAsync(1);
        Assert.Contains("2 live feeds left out; record a live feed with: play ", error, StringComparison.Ordinal);
        var mixed = await stage.StartGuest(tracker, "save", $"{feeds[0]}", $"{song}", "--folder", folder).ExitsWithAsync(1);
        Assert.Single(mixed.Output.Lines);
        Assert.Contains("1 live feed left out", mixed.Errors.Text, StringComparison.Ordinal);

        var console = await stage.StartConsoleAsync(tracker, "ben");
        await console.Process.TypeAsync($"save {feeds[0]} {feeds[1]} 1h {folder}");
        await console.Process.ReportsAsync("^error: live feeds are recorded one at a time");
        await console.Process.TypeAsync($"save {feeds[0]} {song} {folder}");
        await console.Process.ReportsAsync("^saving 1 song to ");
        await console.Process.ReportsAsync("^error: 1 live feed left out; live feeds are recorded one at a time");
        await console.Process.ReportsAsync("^saved: ");
        await console.Process.TypeAsync("quit");
        await console.Process.ExitsWithAsync(1);
        Assert.Equal(2, Directory.GetFiles(folder).Length);
    }

    [NeedsFact("ffmpeg")]
    public async Task A_command_is_the_source_and_a_recording_has_a_cue_sheet()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var command = "exec:ffmpeg -re -loglevel error -f lavfi -i sine=frequency=500:duration=600 -f mp3 -b:a 96k -";
        await StartLiveAsync(stage, tracker, "anna", ["--live", $"Line in={command}"]);
        var ben = await stage.StartConsoleAsync(tracker, "ben");
        var folder = stage.Folder.Folder("recordings");

        await ben.Process.TypeAsync($"save Line in 5s {folder}");

        await ben.Process.ReportsAsync("saved: .*Line in .*, verified");
        AssertWholeFrames(await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(folder, "*.mp3")), CancellationToken.None));
        var cue = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(folder, "*.cue")), CancellationToken.None);
        Assert.Matches("FILE \"Line in .*\" MP3", cue);
        Assert.Contains("INDEX 01 00:00:00", cue, StringComparison.Ordinal);
        await ben.Process.TypeAsync("save Line in");
        await ben.Process.ReportsAsync("error: .* is a live feed, which has no end; say how much to record: save .* 1h");
        // A recording that cannot be written does not end the console. Not even the superuser can create a file in this folder.
        await ben.Process.TypeAsync("save Line in 5s /proc");
        await ben.Process.ReportsAsync("error: .*/proc/Line in");
        // When the input ends, the console waits for the recording.
        var quoted = stage.Folder.Folder("more recordings");
        await ben.Process.TypeAsync($"save Line in 3s \"{quoted}\"");
        await ben.Process.ReportsAsync("recording 0:03 of Line in");
        ben.Process.EndInput();
        await ben.Process.ReportsAsync("saved: .*more recordings/Line in");
        // The exit code is 1 because a command has failed.
        await ben.Process.ExitsWithAsync(1);
        AssertWholeFrames(await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(quoted, "*.mp3")), CancellationToken.None));
    }

    private static async Task<ProgramProcess> StartLiveAsync(
        Stage stage, TrackerProgram tracker, string name, string[] live, string ready = "is on the air")
    {
        var peer = stage.Start(
            "Peer", [.. stage.PeerArguments(tracker, name), "serve", .. live]);
        await peer.ReportsAsync("peer ready on");
        await peer.ReportsAsync(ready);
        return peer;
    }

    private static ProgramProcess Ffmpeg(Stage stage, int port, string password, params string[] more) => stage.StartNative("ffmpeg",
    [
        "-re", "-loglevel", "error", "-f", "lavfi", "-i", "sine=frequency=800:duration=300", "-b:a", "128k", .. more, "-f", "mp3",
        $"icecast://source:{password}@127.0.0.1:{port}/live",
    ]);

    private static async Task<byte[]> RecordAsync(Stage stage, TrackerProgram tracker, string feed, string duration)
    {
        var saved = stage.Folder.In("heard.mp3");
        await stage.StartGuest(tracker, "play", feed, "--output", saved, "--duration", duration).ExitsWithAsync(0);
        return await File.ReadAllBytesAsync(saved, CancellationToken.None);
    }

    private static async Task WaitForHostsAsync(Stage stage, TrackerProgram tracker, int hosts)
    {
        var deadline = DateTime.UtcNow + ProgramProcess.Deadline;
        while (true)
        {
            var list = await stage.StartGuest(tracker, "list", "Radio", "--json").ExitsWithAsync(0);
            if (Regex.Count(list.Output.Text, "\"peer\":") == hosts)
                return;
            Assert.True(DateTime.UtcNow < deadline, list.Output.Text);
        }
    }

    // Encodes white noise, in which no frame occurs twice.
    private static Task<byte[]> NoiseAsync(int seconds, int seed)
    {
        var wav = Songs.Wav(100, seconds, 44_100, 2);
        new Random(seed).NextBytes(wav.AsSpan(44));
        return Songs.EncodeAsync(wav, "-b", "128", "--nores");
    }

    // Returns the frames of a song without its info frame.
    private static byte[] Frames(byte[] song)
    {
        var splitter = new Mp3FrameSplitter();
        splitter.Feed(song);
        var frames = new List<byte>();
        while (splitter.TryNext(out _, out var frame))
        {
            if (!Mp3InfoFrame.TryRead(frame, out _))
                frames.AddRange(frame);
        }

        return [.. frames];
    }

    private static int IndexOf(byte[] all, byte[] part) => all.AsSpan().IndexOf(part);

    private static void AssertWholeFrames(byte[] mp3)
    {
        var at = 0;
        while (at < mp3.Length)
        {
            Assert.True(Mp3FrameHeader.TryParse(mp3.AsSpan(at), out var header), $"no frame at {at}");
            at += header.FrameBytes;
        }

        Assert.Equal(mp3.Length, at);
    }
}
