using System.Diagnostics;
using System.Globalization;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that killing one of three trackers loses no songs and interrupts no playback.</summary>
/// <remarks>
/// TSP_CLUSTER_RUNS=20 selects the full test, with a hundred songs per peer. An audible stall, or a catalog that takes longer than 10 s
/// to be complete again, then also counts as a failure.
/// </remarks>
public sealed class ClusterSpecs(ITestOutputHelper output)
{
    private const int Peers = 6;

    private static readonly int Runs =
        int.TryParse(Environment.GetEnvironmentVariable("TSP_CLUSTER_RUNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var runs)
            ? runs
            : 0;

    private static readonly bool IsFull = Runs > 0;
    private static readonly int SongSeconds = IsFull ? 30 : 15;
    private static readonly TimeSpan WatchedFor = TimeSpan.FromSeconds(IsFull ? 13 : 0);
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(10);


    [NeedsFact("lame")]
    public async Task Killing_a_tracker_loses_no_songs_or_ids_and_does_not_interrupt_playback()
    {
        var random = new Random();
        for (var run = 0; run < (IsFull ? Runs : 1); run++)
        {
            // The first tracker is the oldest and runs the id allocator.
            var killed = run % 2 == 0 ? 0 : 1 + random.Next(2);
            await RunAsync(killed, TimeSpan.FromSeconds(IsFull ? random.NextDouble() * 8 : 0));
        }
    }

    private async Task RunAsync(int killed, TimeSpan after)
    {
        var songsEach = IsFull ? 100 : 5;
        await using var stage = new Stage();
        await ShareAsync(stage, songsEach);
        var cluster = await TrackerCluster.StartAsync(stage, 3);
        await Task.WhenAll(Enumerable.Range(0, Peers).Select(peer => cluster.StartPeerAsync(NameOf(peer), peer % 3)));
        // Every peer also hosts the long song.
        var (songs, copies) = ((Peers * songsEach) + 1, Peers * (songsEach + 1));
        bool IsWhole(IReadOnlyList<Song> listed) => listed.Count == songs && listed.Sum(song => song.Hosts.Count) == copies;
        var before = IdsOf(await cluster.ListsAsync(cluster.Trackers[0], IsWhole, "before"));
        foreach (var tracker in cluster.Trackers)
            Assert.Equal(before, IdsOf(await cluster.ListsAsync(tracker, IsWhole, "before")));
        var longSong = (await TrackerCluster.ListAsync(cluster.Trackers[0])).Single(song => song.Hosts.Count == Peers).Id;
        var listener = stage.Start("Peer", ["play", $"{longSong}", "--audio", "null", .. cluster.Arguments]);
        await Catalog.EventuallyAsync(
            async () => (await HostsAsync(cluster.Trackers[2], longSong)).Sum(host => host.ActiveStreams), streams => streams == 1,
            "the listener receives its stream");
        await Task.Delay(after);

        cluster.Trackers[killed].Process.Signal("KILL");
        var clock = Stopwatch.StartNew();
        var left = cluster.Trackers.Where((_, tracker) => tracker != killed).ToList();
        // The killed tracker's songs come back with its peers, and must not disappear again when the cluster removes that tracker.
        var back = (await Task.WhenAll(left.Select(async tracker =>
        {
            var missedAt = TimeSpan.Zero;
            while (clock.Elapsed < WatchedFor)
            {
                if (!IsWhole(await TrackerCluster.ListAsync(tracker)))
                    missedAt = clock.Elapsed;
                await Task.Delay(20);
            }

            Assert.Equal(before, IdsOf(await cluster.ListsAsync(tracker, IsWhole, "after the kill")));
            return missedAt;
        }))).Max();

        // A new song appears on the remaining trackers under the same id, and no other song's id changes, no matter which tracker runs the
        // allocator now.
        stage.Share(NameOf(0), "new.mp3", await Songs.ToneAsync(7777, 1));
        var withNew = await Task.WhenAll(
            left.Select(tracker => cluster.ListsAsync(tracker, listed => listed.Count == songs + 1, "with a new song")));
        Assert.All(withNew, listed => Assert.Equal(songs + 1, listed.Select(song => song.ContentHash).Distinct().Count()));
        Assert.Equal(IdsOf(withNew[0]), IdsOf(withNew[1]));
        Assert.All(before, entry => Assert.Equal(entry.Value, IdsOf(withNew[0])[entry.Key]));

        // The killed tracker comes back and knows the whole catalog when it is ready.
        await cluster.StartAsync(killed);
        Assert.Equal(
            IdsOf(withNew[0]),
            IdsOf(await cluster.ListsAsync(cluster.Trackers[killed], listed => listed.Count == songs + 1, "when it is back")));

        await listener.ExitsWithAsync(0);
        var ranDry = listener.Errors.Text.Contains("ran dry", StringComparison.Ordinal);
        output.WriteLine(FormattableString.Invariant(
            $"tracker {killed} killed after {after.TotalSeconds:0.0} s: {songs} songs, {copies} copies; the catalog was complete again after {back.TotalSeconds:0.00} s; stalls: {(ranDry ? "heard" : "none")}"));
        Assert.False(IsFull && (ranDry || back > BackWithin), "the sound stalled, or the catalog was incomplete for too long");
    }

    private static string NameOf(int peer) => $"peer{peer}";

    private static SortedDictionary<string, int> IdsOf(IEnumerable<Song> songs) =>
        new(songs.ToDictionary(song => Convert.ToHexStringLower(song.ContentHash.Span), song => song.Id), StringComparer.Ordinal);

    private static async Task<IReadOnlyList<Host>> HostsAsync(TrackerProgram tracker, int id)
    {
        using var client = await RawTspClient.Connect(tracker.Port);
        await client.Send(Operation.Play, id);
        return (await client.SkipTo<PlayGrant>(Operation.Play)).Song.Hosts;
    }

    private static async Task ShareAsync(Stage stage, int songsEach)
    {
        var common = await Songs.ToneAsync(440, SongSeconds);
        await Parallel.ForEachAsync(Enumerable.Range(0, Peers), async (peer, _) =>
        {
            stage.Share(NameOf(peer), "long.mp3", common);
            for (var song = 0; song < songsEach; song++)
                stage.Share(NameOf(peer), $"{song}.mp3", await Songs.ToneAsync(500 + (peer * 200) + song, 0.5));
        });
    }
}
