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

    private static async Task PartialFileHoldsAsync(string partialFile, long bytes) => await Catalog.EventuallyAsync(
        () => Task.FromResult(new FileInfo(partialFile) is { Exists: true } file ? file.Length : 0), length =>
            length >= bytes, $"at least {bytes} bytes are saved");
}
