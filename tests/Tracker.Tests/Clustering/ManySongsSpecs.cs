using System.Diagnostics;
using System.Globalization;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Measures how fast a change reaches the other trackers, and how long a fourth tracker takes to join.</summary>
/// <remarks>
/// TSP_CLUSTER_SONGS=100000 selects the full test, which fails if the 99th percentile of the delay exceeds a second, or if the fourth
/// tracker takes longer than 10 s.
/// </remarks>
public sealed class ManySongsSpecs(ITestOutputHelper output)
{
    private const int SongsOfPeer = 1000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);

    private static readonly int Full =
        int.TryParse(
            Environment.GetEnvironmentVariable("TSP_CLUSTER_SONGS"), NumberStyles.None, CultureInfo.InvariantCulture, out var songs)
            ? songs
            : 0;

    private static readonly int Songs = Full > 0 ? Full : 4000;

    [Fact]
    public async Task Changes_reach_all_trackers_quickly_and_a_fourth_tracker_receives_the_whole_catalog()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3);
        var clock = Stopwatch.StartNew();
        var peers = new List<RawTspClient>();
        for (var peer = 0; peer < Songs / SongsOfPeer; peer++)
            peers.Add((await cluster.ShareAsync(peer % 3, peer, Samples.Songs(SongsOfPeer, from: 1 + (peer * SongsOfPeer)))).Client);
        for (var tracker = 0; tracker < 3; tracker++)
            await cluster.ListsAsync(tracker, songs => songs.Count == Songs);
        output.WriteLine(FormattableString.Invariant(
            $"{Songs} songs of {peers.Count} peers listed by all three trackers after {clock.Elapsed.TotalSeconds:0.0} s"));

        var changes = await ChangesAsync(cluster, peers, Full > 0 ? 300 : 10);
        output.WriteLine(FormattableString.Invariant($"delay of a change to the other trackers: median {Percentile(changes, 50):0} ms, 99 % {Percentile(changes, 99):0} ms, worst {changes.Max():0} ms"));

        using var joined = new CancellationTokenSource();
        var asking = Task.WhenAll(Enumerable.Range(0, 3).Select(tracker => AskAsync(cluster, tracker, joined.Token)));
        clock.Restart();
        var fourth = await cluster.AddAsync();
        var elapsed = clock.Elapsed;
        await joined.CancelAsync();
        Assert.Equal(Songs, (await cluster.ListAsync(fourth)).Count(song => song.Tags.Title != "changed"));
        var waits = (await asking).SelectMany(each => each).ToList();
        output.WriteLine(FormattableString.Invariant(
            $"the fourth tracker is complete after {elapsed.TotalSeconds:0.0} s; time per page at the other trackers during that time: median {Percentile(waits, 50):0.0} ms, 99 % {Percentile(waits, 99):0} ms, worst {waits.Max():0} ms, over {waits.Count} pages"));
        Assert.False(Full > 0 && (Percentile(changes, 99) > 1000 || elapsed > TimeSpan.FromSeconds(10)),
            "the cluster exceeds its time limits");
    }

    private static async Task<List<double>> ChangesAsync(ClusterOfTrackers cluster, List<RawTspClient> peers, int count)
    {
        var askers = new[] { await cluster.ConnectAsync(0), await cluster.ConnectAsync(1), await cluster.ConnectAsync(2) };
        var random = new Random(7);
        var times = new List<double>();
        for (var change = 0; change < count; change++)
        {
            var peer = random.Next(peers.Count);
            var song = Samples.Song(1_000_000 + change, title: "changed");
            await peers[peer].Send(Operation.Share, 0, Samples.Change([song]));
            var clock = Stopwatch.StartNew();
            var id = (await peers[peer].Expect<Assign>(Operation.Assign)).Songs[0].Id;
            foreach (var tracker in Enumerable.Range(0, 3).Where(tracker => tracker != peer % 3))
            {
                while (!await IsKnownAsync(askers[tracker], id))
                    await Task.Delay(Poll);
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
        }

        return times;
    }

    private static async Task<bool> IsKnownAsync(RawTspClient asker, int id)
    {
        await asker.Send(Operation.Info, id);
        return (await asker.Receive())!.Value.Operation == Operation.Info;
    }

    private static async Task<List<double>> AskAsync(ClusterOfTrackers cluster, int tracker, CancellationToken until)
    {
        var client = await cluster.ConnectAsync(tracker);
        var waits = new List<double>();
        do
        {
            var clock = Stopwatch.StartNew();
            await client.Send(Operation.List, 100 * (waits.Count % 20));
            await client.Expect(Operation.List);
            waits.Add(clock.Elapsed.TotalMilliseconds);
            await Task.Delay(Poll, CancellationToken.None);
        }
        while (!until.IsCancellationRequested);
        return waits;
    }

    private static double Percentile(List<double> values, int percent) =>
        values.Order().ElementAt(Math.Min(values.Count - 1, values.Count * percent / 100));
}
