using System.Diagnostics;
using System.Net.Sockets;
using TspActors.Protocol;
using static TspActors.Benchmarks.TrackerLoad.TrackerLoadCommand;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>
/// Measures how the peers of a restarted tracker return: all of them connect within the ramp and offer the ids they remember. The tracker
/// must be restarted by hand, or by tracker.sh, when the run prints that it is ready.
/// </summary>
internal sealed class RestartRun(TrackerLoadOptions options)
{
    public const string Ready = "ready for the restart";

    private static readonly TimeSpan RestartWithin = TimeSpan.FromMinutes(2);

    // A peer returns with the key that it had.
    private readonly ClientTls[]? _keys =
        options.Tls ? [.. Enumerable.Range(0, options.Peers).Select(_ => ClientTls.CreateNew())] : null;

    private string? _whyFailed;

    public async Task RunAsync()
    {
        var first = Peers(_ => []);
        var failed = await RegisterAllAsync(first, new Latencies()).ConfigureAwait(false);
        var reason = _whyFailed is null ? "" : $": {_whyFailed}";
        Say(Ready, $"{first.Sum(peer => peer.Ids.Count)} songs of {first.Length} peers; {failed} peers failed{reason}");
        await UntilRestartedAsync(first).ConfigureAwait(false);

        var second = Peers(number => first[number].Ids);
        var took = new Latencies();
        var begun = Stopwatch.GetTimestamp();
        _whyFailed = null;
        using var storm = new CancellationTokenSource();
        var others = new Latencies();
        var asking = Task.Factory.StartNew(() => Ask(others, storm.Token), TaskCreationOptions.LongRunning);
        var lost = await RegisterAllAsync(second, took).ConfigureAwait(false);
        await storm.CancelAsync().ConfigureAwait(false);
        await asking.ConfigureAwait(false);
        var failure = _whyFailed is null ? "" : $"; first failure: {_whyFailed}";
        Say("restart storm", $"{second.Length - lost} of {second.Length} peers with {options.Songs} songs each returned after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s; time per peer: {took}{failure}");
        Say("LIST of another client in the storm", $"{others}");
        var kept = second.Zip(first).Sum(pair => pair.Second.Ids.Count(song => pair.First.Ids.GetValueOrDefault(song.Key) == song.Value));
        Say("ids honoured", $"{kept} of {first.Sum(peer => peer.Ids.Count)}, {second.Sum(peer => peer.Refused)} songs refused");
        using var asker = new Asker(options.Tracker);
        var page = SongPage.Parser.ParseFrom(asker.Ask(FrameEncoder.Encode(Operation.List), 1).Body.Span);
        Say("in the catalog", $"{page.Total} songs; {second.Count(peer => peer.Failure is not null)} of the returning peers have lost their connections");
        foreach (var peer in second)
            peer.Dispose();
    }

    private LoadPeer[] Peers(Func<int, Dictionary<int, int>> ids) =>
        [.. Enumerable.Range(0, options.Peers).Select(number => new LoadPeer(
            options.Tracker, number, wantsBroadcasts: false, _keys?[number]) { Remembered = ids(number) })];

    private void Ask(Latencies latencies, CancellationToken stop)
    {
        using var asker = new Asker(options.Tracker);
        while (!stop.IsCancellationRequested)
            asker.Repeat(
                () => FrameEncoder.Encode(Operation.List), 1, Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10), latencies,
                TimeSpan.FromMilliseconds(20));
    }

    // Registers all peers and returns the number that failed.
    private async Task<int> RegisterAllAsync(LoadPeer[] peers, Latencies took)
    {
        var (begun, failed, running) = (Stopwatch.GetTimestamp(), 0, new List<Task>(peers.Length));
        foreach (var (number, peer) in peers.Index())
        {
            var due = TimeSpan.FromSeconds(options.Ramp) * ((double)number / peers.Length) - Stopwatch.GetElapsedTime(begun);
            if (due > TimeSpan.FromMilliseconds(1))
                await Task.Delay(due).ConfigureAwait(false);
            running.Add(Task.Run(async () =>
            {
                var asked = Stopwatch.GetTimestamp();
                try
                {
                    await peer.RegisterAsync().ConfigureAwait(false);
                    await peer.ShareAllAsync([.. Enumerable.Range(number * options.Songs, options.Songs)]).ConfigureAwait(false);
                    took.Add(Stopwatch.GetElapsedTime(asked));
                }
                catch (Exception error) when (error is IOException or SocketException)
                {
                    Interlocked.Increment(ref failed);
                    _whyFailed ??= peer.Failure ?? error.Message;
                }
            }));
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        return failed;
    }

    private async Task UntilRestartedAsync(LoadPeer[] peers)
    {
        using var patience = new CancellationTokenSource(RestartWithin);
        while (peers.Any(peer => peer is { Failure: null, Ids.Count: > 0 }))
            await Task.Delay(100, patience.Token).ConfigureAwait(false);
        foreach (var peer in peers)
            peer.Dispose();
        while (true)
        {
            try
            {
                // A tracker that is shutting down may still answer new connections, but with an ERROR.
                using var asker = new Asker(options.Tracker);
                if (asker.Ask(FrameEncoder.Encode(Operation.List), 1).Operation == Operation.List)
                    return;
            }
            catch (Exception error) when (error is SocketException or IOException)
            {
                // The new tracker is not up yet.
            }

            await Task.Delay(100, patience.Token).ConfigureAwait(false);
        }
    }
}
