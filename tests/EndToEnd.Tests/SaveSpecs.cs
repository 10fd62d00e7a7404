using System.Text.Json;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that a killed save is resumed, and that saved songs have their tags and a safe file name.</summary>
public sealed class SaveSpecs
{
    // With a limit, sending a song takes seconds, so there is time to kill the save.
    private const string SlowHost = "TSP__PEER__HOSTING__MAX_UPLOAD_PER_STREAM=256 kbit/s";

    [NeedsFact("python3", "lame")]
    public async Task The_same_command_resumes_a_killed_save_and_the_file_has_the_right_bytes()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "song.mp3", await Songs.ToneAsync(440, 20));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice", SlowHost);
        var saved = stage.Folder.In("saved.mp3");
        var first = stage.StartGuest(tracker, "play", "1", "--output", saved);
        await PartialFileHoldsAsync(saved + ".part", 16 * 1024);
        first.Signal("KILL");
        await first.ExitAsync();

        var second = await stage.StartGuest(tracker, "play", "1", "--output", saved, "--full-speed").ExitsWithAsync(0);

        Assert.Contains($"continuing with {saved}.part", second.Errors.Text, StringComparison.Ordinal);
        Assert.Equal(await Oracle.CutAsync(path), await File.ReadAllBytesAsync(saved));
        Assert.False(File.Exists(saved + ".part"));
    }

    [NeedsFact("python3", "lame")]
    public async Task A_file_is_written_at_full_speed_and_standard_output_in_real_time()
    {
        await using var stage = new Stage();
        // Ten minutes in real time, which is far beyond the deadline of a test.
        var path = stage.Share("alice", "song.mp3", await Songs.LongAsync(TimeSpan.FromMinutes(10)));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var saved = stage.Folder.In("saved.mp3");
        var pipe = stage.StartGuest(tracker, "play", "1", "--output", "-");

        await stage.StartGuest(tracker, "play", "1", "--output", saved).ExitsWithAsync(0);

        Assert.Equal(await Oracle.CutAsync(path), await File.ReadAllBytesAsync(saved));
        Assert.False(pipe.HasExited);
    }

    [NeedsFact("python3", "lame")]
    public async Task A_partial_file_of_another_song_is_discarded_with_a_message()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "song.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var saved = stage.Folder.In("saved.mp3");
        await File.WriteAllBytesAsync(saved + ".part", await Songs.ToneAsync(550));

        var play = await stage.StartGuest(tracker, "play", "1", "--output", saved, "--full-speed").ExitsWithAsync(0);

        Assert.Contains("belongs to another song or is damaged", play.Errors.Text, StringComparison.Ordinal);
        Assert.Equal(await Oracle.CutAsync(path), await File.ReadAllBytesAsync(saved));
    }

    [NeedsFact("python3", "lame", "ffprobe:ffmpeg")]
    public async Task The_console_saves_songs_with_tags_and_safe_names_and_finishes_saving_after_the_pipe_ends()
    {
        await using var stage = new Stage();
        var song = await Songs.ToneAsync(440);
        var path = stage.Share("alice", "a.mp3", [.. TagBytes.Id3v23(("TIT2", "../../etc/passwd"), ("TPE1", "AC/DC"),
            ("TALB", "H\u00e4user"), ("TRCK", "3"), ("TYER", "1999")), .. song]);
        stage.Share("alice", "b.mp3", [.. TagBytes.Id3v23(("TIT2", "../../etc/passwd"), ("TPE1", "AC/DC")), .. await Songs.ToneAsync(550)]);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var ids = await Catalog.IdsAsync(tracker);
        var first = ids[(await Oracle.DescribeAsync(path))[0].Hash];
        var folder = stage.Folder.Folder("saved");
        var console = await stage.StartConsoleAsync(tracker, "carol", $"TSP__PEER__LISTENING__SAVE_FOLDER={folder}");

        await console.Process.TypeAsync($"save {first}");
        await console.Process.ReportsAsync("^saved: ");
        await console.Process.TypeAsync($"save {3 - first} {folder}");
        console.Process.EndInput();
        await console.Process.ExitsWithAsync(0);

        string[] names = ["AC_DC - .._.._etc_passwd (2).mp3", "AC_DC - .._.._etc_passwd.mp3"];
        Assert.Equal(names, Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        var saved = Path.Combine(folder, names[1]);
        Assert.Equal(await Oracle.CutAsync(path), await Oracle.CutAsync(saved));
        var probe = JsonDocument.Parse(await Native.RunAsync("ffprobe", "-v", "quiet", "-print_format", "json", "-show_format", saved));
        var tags = probe.RootElement.GetProperty("format").GetProperty("tags");
        Assert.Equal(
            ["../../etc/passwd", "AC/DC", "H\u00e4user", "3", "1999"],
            new[] { "title", "artist", "album", "track", "date" }.Select(name => tags.GetProperty(name).GetString()));
    }

    [NeedsFact("lame")]
    public async Task A_save_into_a_missing_folder_is_refused()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var console = await stage.StartConsoleAsync(tracker, "carol");

        await console.Process.TypeAsync("save 1 ./nowhere");
        await console.Process.TypeAsync("quit");
        await console.Process.ExitsWithAsync(1);

        Assert.Contains(console.Process.Errors.Lines, line => line.StartsWith("error: ", StringComparison.Ordinal)
            && line.Contains("nowhere does not exist", StringComparison.Ordinal));
    }

    [NeedsFact("python3", "lame")]
    public async Task The_command_saves_several_songs_with_tags_into_folders_named_by_a_pattern_and_prints_their_paths()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "a.mp3", [.. TagBytes.Id3v23(("TIT2", "River"), ("TPE1", "../AC/DC"), ("TALB", "Delta"),
            ("TRCK", "3")), .. await Songs.ToneAsync(440)]);
        stage.Share("alice", "b.mp3", [.. TagBytes.Id3v23(("TIT2", "Riverbed")), .. await Songs.ToneAsync(550)]);
        stage.Share("alice", "c.mp3", [.. TagBytes.Id3v23(("TIT2", "Moon")), .. await Songs.ToneAsync(660)]);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var folder = stage.Folder.Folder("out");

        var save = await stage.StartGuest(
            tracker, "save", "all", "title:river", "--folder", folder, "--pattern", "{artist}/{album}/{track} {title}").ExitsWithAsync(0);

        string[] expected =
        [
            Path.Combine(folder, "_AC_DC", "Delta", "03 River.mp3"), Path.Combine(folder, "unknown artist", "unknown album", "Riverbed.mp3"),
        ];
        Assert.Equal(expected, save.Output.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(expected, Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        Assert.Equal(await Oracle.CutAsync(path), await Oracle.CutAsync(expected[0]));
        Assert.Contains("2 songs saved, and every byte verified", save.Errors.Lines);
    }

    [NeedsFact("lame")]
    public async Task An_invalid_pattern_and_a_song_that_nobody_shares_fail_with_one_line()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");

        Assert.Contains(
            "there is no field {titel}", await stage.StartGuest(tracker, "save", "1", "--pattern", "{titel}").FailsWithAsync(1),
            StringComparison.Ordinal);
        Assert.Contains("no song 99", await stage.StartGuest(tracker, "save", "99").FailsWithAsync(1), StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task A_last_word_that_is_not_a_folder_belongs_to_the_text()
    {
        await using var stage = new Stage();
        stage.Share(
            "alice", "a.mp3", [.. TagBytes.Id3v23(("TIT2", "Thunderstruck"), ("TPE1", "AC/DC")), .. await Songs.ToneAsync(440)]);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var console = await stage.StartConsoleAsync(tracker, "carol", $"TSP__PEER__LISTENING__SAVE_FOLDER={stage.Folder.Folder("out")}");

        await console.Process.TypeAsync("save Thunderstruck AC/DC");
        await console.Process.ReportsAsync("^saved: .*AC_DC - Thunderstruck.mp3, verified");
        await console.Process.TypeAsync("save Thunderstruck no/where");
        await console.Process.ReportsAsync("^error: no song matches \"Thunderstruck no/where\".*; and no/where is not a folder");
        await console.Process.TypeAsync("saves");
        await console.Process.ReportsAsync("^nothing is being saved");
        await console.Process.TypeAsync("quit");
        await console.Process.ExitsWithAsync(1);
    }

    [NeedsFact("lame")]
    public async Task A_number_that_is_not_an_id_and_a_name_with_slashes_belong_to_the_text()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", [.. TagBytes.Id3v23(("TIT2", "1999"), ("TPE1", "Prince")), .. await Songs.ToneAsync(440)]);
        stage.Share("alice", "b.mp3", [.. TagBytes.Id3v23(("TIT2", "Intro / Outro"), ("TPE1", "N/A")), .. await Songs.ToneAsync(550)]);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var console = await stage.StartConsoleAsync(tracker, "carol", $"TSP__PEER__LISTENING__SAVE_FOLDER={stage.Folder.Folder("out")}");

        await console.Process.AskAsync("list Outro N/A", "Intro / Outro");
        await console.Process.TypeAsync("queue 1999");
        await console.Process.ReportsAsync("^queued .*1999");
        await console.Process.TypeAsync("queue N/A");
        await console.Process.ReportsAsync("^queued .*Intro / Outro");
        await console.Process.TypeAsync("play 1999");
        await console.Process.ReportsAsync("^playing .*1999");
        await console.Process.TypeAsync("play Intro / Outro");
        await console.Process.ReportsAsync("^playing .*Intro / Outro");
        await console.Process.TypeAsync("save 1999");
        await console.Process.ReportsAsync("^saved: .*Prince - 1999.mp3, verified");
        await console.Process.TypeAsync("save Intro / Outro N/A");
        await console.Process.ReportsAsync("^saved: .*N_A - Intro _ Outro.mp3, verified");
        await console.Process.TypeAsync("quit");
        await console.Process.ExitsWithAsync(0);

        await stage.StartGuest(tracker, "play", "1999", "--output", stage.Folder.In("one.mp3"), "--full-speed").ExitsWithAsync(0);
        await stage.StartGuest(tracker, "play", "Intro / Outro", "--output", stage.Folder.In("two.mp3"), "--full-speed").ExitsWithAsync(0);
        await stage.StartGuest(tracker, "save", "1999", "--folder", stage.Folder.Folder("guest")).ExitsWithAsync(0);
    }

    [NeedsFact("lame")]
    public async Task A_search_that_ends_like_a_time_finds_songs()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", [.. TagBytes.Id3v23(("TIT2", "Best of the 80s")), .. await Songs.ToneAsync(440)]);
        stage.Share("alice", "b.mp3", [.. TagBytes.Id3v23(("TIT2", "Moon"), ("TALB", "Slow 80s")), .. await Songs.ToneAsync(550)]);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var (folder, other) = (stage.Folder.Folder("out"), stage.Folder.Folder("other"));
        var console = await stage.StartConsoleAsync(tracker, "carol", $"TSP__PEER__LISTENING__SAVE_FOLDER={folder}");

        await console.Process.TypeAsync("save all 80s");
        await console.Process.ReportsAsync("^saving 2 songs");
        await console.Process.ReportsAsync("^saved: .*out/Best of the 80s.mp3, verified");
        await console.Process.TypeAsync($"save Best of the 80s {other}");
        await console.Process.ReportsAsync("^saved: .*other/Best of the 80s.mp3, verified");
        await console.Process.TypeAsync("save 1 1h");
        await console.Process.ReportsAsync("^error: song 1 is not a live feed");
        await console.Process.TypeAsync("save 1 2 1h");
        await console.Process.ReportsAsync("^error: live feeds are recorded one at a time");
        await console.Process.TypeAsync("save 99 1h");
        await console.Process.ReportsAsync("^error: there is no song 99");
        console.Process.EndInput();
        await console.Process.ExitsWithAsync(1);

        Assert.Equal(
            ["Best of the 80s.mp3", "Moon.mp3"],
            Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }

    [NeedsFact("lame")]
    public async Task Saves_are_listed_and_given_up()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", [.. TagBytes.Id3v23(("TIT2", "First")), .. await Songs.ToneAsync(440, 60)]);
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice", SlowHost);
        var folder = stage.Folder.Folder("out");
        var console = await stage.StartConsoleAsync(tracker, "carol", $"TSP__PEER__LISTENING__SAVE_FOLDER={folder}");

        await console.Process.TypeAsync("save 1");
        await PartialFileHoldsAsync(Path.Combine(folder, "First.mp3.part"), 16 * 1024);
        await console.Process.AskAsync("saves", "^ +1 +[0-9]+ %  First");
        await console.Process.TypeAsync("saves cancel 1");
        await console.Process.ReportsAsync("^cancelled 1 save");
        await console.Process.ReportsAsync("^not saved: it was stopped; the incomplete song is kept in");
        await console.Process.TypeAsync("quit");
        // The user cancelled the save, so nothing has failed.
        await console.Process.ExitsWithAsync(0);

        Assert.False(File.Exists(Path.Combine(folder, "First.mp3")));
    }

    private static async Task PartialFileHoldsAsync(string partialFile, long bytes) => await Catalog.EventuallyAsync(
        () => Task.FromResult(new FileInfo(partialFile) is { Exists: true } file ? file.Length : 0), length =>
            length >= bytes, $"at least {bytes} bytes are saved");
}
