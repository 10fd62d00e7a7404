using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that trackers and hosts accept only peers that know the access key, and say why they refuse the others.</summary>
public sealed class AccessKeySpecs
{
    private const string TrackerKey = "TSP__TRACKER__ACCESS_KEY=open sesame, please";
    private const string RightKey = "TSP__PEER__ACCESS_KEY=open sesame, please";
    private const string WrongKey = "TSP__PEER__ACCESS_KEY=open barley, please";

    [NeedsFact("python3", "lame")]
    public async Task A_peer_with_the_key_can_share_list_and_play()
    {
        await using var stage = new Stage();
        var path = stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync(0, TrackerKey);
        await stage.StartPeerAsync(tracker, "alice", RightKey);
        var saved = stage.Folder.In("saved.mp3");

        var list = await Start(stage, tracker, RightKey, "list").ExitsWithAsync(0);
        await Start(stage, tracker, RightKey, "play", "1", "--output", saved, "--full-speed").ExitsWithAsync(0);

        Assert.Single(list.Output.Lines);
        Assert.Equal(await Oracle.CutAsync(path), await File.ReadAllBytesAsync(saved));
    }

    [NeedsFact("lame")]
    public async Task A_peer_without_the_key_is_refused_by_the_tracker_and_by_the_host()
    {
        await using var stage = new Stage();
        foreach (var name in new[] { "alice", "mallory", "trudy" })
            stage.Share(name, "a.mp3", await Songs.ToneAsync(440 + name.Length));
        var tracker = await stage.StartTrackerAsync(0, TrackerKey);
        var host = await stage.StartPeerAsync(tracker, "alice", RightKey);
        var strangers = await Task.WhenAll(stage.StartPeerAsync(tracker, "mallory", WrongKey), stage.StartPeerAsync(tracker, "trudy"));

        var errors = await Task.WhenAll(
            strangers[0].Process.FailsWithAsync(1),
            strangers[1].Process.FailsWithAsync(1),
            Start(stage, tracker, WrongKey, "list").FailsWithAsync(1),
            Start(stage, tracker, "", "list").FailsWithAsync(1));
        Assert.All(errors, error => Assert.Contains("access key", error, StringComparison.Ordinal));
        Assert.DoesNotContain("open ", string.Concat(errors), StringComparison.Ordinal);

        foreach (var (port, request) in new[] { (tracker.Port, Operation.List), (tracker.Port, Operation.Play), (host.Port, Operation.Play),
            (host.Port, Operation.Info) })
        {
            using var client = await RawTspClient.Connect(port);
            await client.Send(request, 1);
            Assert.Equal(ErrorCode.Unauthenticated, (await client.SkipTo<Error>(Operation.Error)).Code);
            Assert.Empty(await client.ReceiveToEnd());
        }

        var list = await Start(stage, tracker, RightKey, "list").ExitsWithAsync(0);
        Assert.EndsWith("\talice", Assert.Single(list.Output.Lines), StringComparison.Ordinal);
    }

    [NeedsFact("lame")]
    public async Task A_peer_with_a_key_does_not_register_with_a_tracker_that_does_not_know_the_key()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.ToneAsync(440));
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");

        var peer = await stage.StartPeerAsync(tracker, "carol", RightKey);
        var errors = await Task.WhenAll(peer.Process.FailsWithAsync(1), Start(stage, tracker, RightKey, "list").FailsWithAsync(1));

        Assert.All(errors, error => Assert.Contains("access key", error, StringComparison.Ordinal));
    }

    private static ProgramProcess Start(Stage stage, TrackerProgram tracker, string key, params string[] command) =>
        stage.Start("Peer", [.. command, "--tracker", tracker.Address], key.Length > 0 ? [key] : []);
}
