using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>
/// Checks that another host sends the rest of a song when the first one is killed or falls silent, and that the requester fails if no
/// host is left.
/// </summary>
public sealed class FailoverSpecs
{
    // With a limit, sending a song takes seconds, so there is time to kill its host.
    private const string SlowHost = "TSP__PEER__HOSTING__MAX_UPLOAD_PER_STREAM=256 kbit/s";

    [NeedsFact("python3", "lame")]
    public async Task A_song_whose_host_is_killed_is_completed_from_another_host()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var hosts = await StartHostsAsync(stage, tracker, await Songs.ToneAsync(440, 20));
        var saved = stage.Folder.In("saved.mp3");
        var play = stage.StartGuest(tracker, "play", "1", "--output", saved);

        var streaming = await Catalog.StreamingHostAsync(tracker);
        await PartialFileAppearsAsync(saved);
        hosts[streaming].Process.Signal("KILL");
        await play.ExitsWithAsync(0);

        Assert.Equal(await Oracle.CutAsync(Path.Combine(stage.Music("alice"), "song.mp3")), await File.ReadAllBytesAsync(saved));
        Assert.False(File.Exists(saved + ".part"));
        Assert.Contains($"continuing with {(streaming == "alice" ? "bob" : "alice")}", play.Errors.Text, StringComparison.Ordinal);
    }

    [NeedsFact("python3", "lame")]
    public Task A_pipe_receives_every_byte_once_when_the_host_is_killed() => EveryByteComesOnceAsync("KILL");

    [NeedsFact("python3", "lame")]
    public Task A_pipe_receives_every_byte_once_when_the_host_falls_silent() => EveryByteComesOnceAsync("STOP");

    [NeedsFact("lame")]
    public async Task A_song_whose_hosts_are_all_killed_fails_with_one_line_and_leaves_a_partial_file()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var hosts = await StartHostsAsync(stage, tracker, await Songs.ToneAsync(440, 60));
        var saved = stage.Folder.In("saved.mp3");
        var play = stage.StartGuest(tracker, "play", "1", "--output", saved);

        await PartialFileAppearsAsync(saved);
        foreach (var host in hosts.Values)
            host.Process.Signal("KILL");
        var error = await play.FailsWithAsync(1);

        Assert.Contains("song 1", error, StringComparison.Ordinal);
        Assert.Contains(saved + ".part", error, StringComparison.Ordinal);
        Assert.False(File.Exists(saved));
        Assert.True(File.Exists(saved + ".part"));
    }

    private static async Task EveryByteComesOnceAsync(string signal)
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        var hosts = await StartHostsAsync(stage, tracker, await Songs.BulkyAsync(), "TSP__PEER__HOSTING__START_BURST=1s");
        var payload = await Oracle.CutAsync(Path.Combine(stage.Music("alice"), "song.mp3"));
        var play = stage.StartStuckPlay(tracker, 1);

        hosts[await Catalog.StreamingHostAsync(tracker)].Process.Signal(signal);
        await play.ExitsWithAsync(0);

        Assert.True(play.Output.Bytes.AsSpan().SequenceEqual(payload), $"{play.Output.Bytes.Length} bytes arrived, not {payload.Length}");
    }

    private static async Task<Dictionary<string, PeerProgram>> StartHostsAsync(
        Stage stage, TrackerProgram tracker, byte[] song, string environment = SlowHost)
    {
        string[] names = ["alice", "bob"];
        foreach (var name in names)
            stage.Share(name, "song.mp3", song);
        var hosts = await Task.WhenAll(names.Select(name => stage.StartPeerAsync(tracker, name, environment)));
        return names.Zip(hosts).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private static async Task PartialFileAppearsAsync(string saved) => await Catalog.EventuallyAsync(
        () => Task.FromResult(new FileInfo(saved + ".part") is { Exists: true } part ? part.Length : 0), length =>
            length > 0, "the first bytes are saved");
}
