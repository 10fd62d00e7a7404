using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that the log has the lines that docs/debugging.md promises for --verbose.</summary>
public sealed class VerboseLogSpecs
{
    private const string Tracker = "TSP__TRACKER__LOG_LEVEL=debug";
    private const string Peer = "TSP__PEER__LOG_LEVEL=debug";

    [NeedsFact("lame")]
    public async Task Connections_sessions_registrations_shares_scans_and_streams_are_logged()
    {
        await using var stage = new Stage();
        stage.Share("alice", "a.mp3", await Songs.BulkyAsync());
        var tracker = await stage.StartTrackerAsync(0, Tracker);
        var alice = await stage.StartPeerAsync(tracker, "alice", Peer, "TSP__PEER__HOSTING__MAX_STREAMS=1");

        await alice.Process.ReportsAsync("Scanning the music folders");
        await alice.Process.ReportsAsync(@"scan ended\. Songs: 1; problems: 0");
        await tracker.Process.ReportsAsync(@"connection with 127\.0\.0\.1:[0-9]+ opened");
        await tracker.Process.ReportsAsync(@"127\.0\.0\.1 \(peer [0-9a-f]+\): Joining");
        await tracker.Process.ReportsAsync(@"registering peer [0-9a-f]+ \(alice\) from 127\.0\.0\.1:");
        await tracker.Process.ReportsAsync("songs shared by peer [0-9a-f]+: 1, 0 of them refused");

        stage.StartStuckPlay(tracker, 1);
        await alice.Process.ReportsAsync(@"127\.0\.0\.1 \(peer .*\) is admitted: song 1, stream 1");
        await alice.Process.ReportsAsync(@"127\.0\.0\.1:[0-9]+ \(peer .*\): Streaming");

        var second = stage.Start(
            "Peer", ["play", "1", "--output", "-", "--full-speed", "--verbose", "--tracker", tracker.Address], holdsOutput: true);
        await alice.Process.ReportsAsync(@"127\.0\.0\.1 \(peer .*\) is refused: song 1: .*the only stream is taken");
        await second.ReportsAsync(@"trying alice \(.+\) for song 1 from byte 0");
        await second.ReportsAsync(@"song 1: alice \(.+\): .*the only stream is taken");

        using var requester = await RawTspClient.Connect(alice.Port);
        await requester.Send(Operation.Play, 77, new PlayRequest());
        await alice.Process.ReportsAsync(@"127\.0\.0\.1 \(peer .*\) is refused: song 77: this host has no song 77");

        alice.Process.Signal("KILL");
        await tracker.Process.ReportsAsync(@"connection with 127\.0\.0\.1:[0-9]+ closed: [A-Z]\w+ \(.+\)");
        await tracker.Process.ReportsAsync("peer [0-9a-f]+ has left; withdrawing its songs");
    }
}
