using System.Diagnostics;
using TspActors.Benchmarks.Load;
using TspActors.Protocol;
using static TspActors.Benchmarks.TrackerLoad.TrackerLoadCommand;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>
/// Measures a tracker with a large catalog: registration, memory, the time for INFO, and the time for pages and searches with and without
/// changes to the catalog.
/// </summary>
internal sealed class CatalogRun(TrackerLoadOptions options)
{
    private readonly LoadPeer[] _peers =
        [.. Enumerable.Range(0, options.Peers).Select(number => new LoadPeer(options.Tracker, number, wantsBroadcasts: false))];

    private int Total => options.Peers * options.Songs;

    public async Task RunAsync()
    {
        var before = ServerUsage.Of(options.TrackerProcess);
        await RegisterAsync(before).ConfigureAwait(false);
        ListAll(200);
        ListAll(1000);
        Say(
            "memory",
            $"{(ServerUsage.Of(options.TrackerProcess).ResidentBytes - before.ResidentBytes) / (double)Total:0} bytes per song, after listing");
        AskInfo("INFO, one at a time", 1, 1);
        AskInfo($"INFO, {options.Depth} at a time", options.Connections, options.Depth);
        Measure("one page, catalog unchanged");
        Searches();
        using var stop = new CancellationTokenSource();
        var churn = ChurnAsync(stop.Token);
        Measure($"one page, {options.Churn} changes/s");
        Searches();
        await stop.CancelAsync().ConfigureAwait(false);
        Say("changes", $"{await churn.ConfigureAwait(false):0}/s (songs withdrawn, and songs shared again)");
        Say(
            "memory",
            $"{(ServerUsage.Of(options.TrackerProcess).ResidentBytes - before.ResidentBytes) / (double)Total:0} bytes per song, at the end");
        foreach (var peer in _peers)
            peer.Dispose();
    }

    private async Task RegisterAsync(ServerUsage before)
    {
        var begun = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(_peers.Index(), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (peer, _) =>
        {
            await peer.Item.RegisterAsync().ConfigureAwait(false);
            await peer.Item.ShareAllAsync([.. Enumerable.Range(peer.Index * options.Songs, options.Songs)]).ConfigureAwait(false);
        }).ConfigureAwait(false);
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var after = ServerUsage.Of(options.TrackerProcess);
        Say("registered", $"{Total} songs of {options.Peers} peers in {seconds:0.0} s, {_peers.Sum(peer => peer.Refused)} refused; the tracker used {(after.Processor - before.Processor).TotalSeconds:0.0} s of processor time");
        Say("memory", $"{(after.ResidentBytes - before.ResidentBytes) / (double)Total:0} bytes per song ({before.ResidentBytes / 1e6:0} MB before, {after.ResidentBytes / 1e6:0} MB now)");
    }

    private void ListAll(uint limit)
    {
        using var asker = new Asker(options.Tracker);
        var begun = Stopwatch.GetTimestamp();
        var (cursor, pages, songs) = (0, 0, 0);
        do
        {
            var page = SongPage.Parser.ParseFrom(
                asker.Ask(FrameEncoder.Encode(Operation.List, cursor, new ListRequest { Limit = limit }), 1).Body.Span);
            (cursor, pages, songs) = (page.NextCursor, pages + 1, songs + page.Songs.Count);
        }
        while (cursor > 0);
        Say($"listed, {limit} at a time", $"{songs} songs in {pages} pages, {asker.Bytes / 1e6:0} MB, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s (parsed by the client)");
    }

    private void AskInfo(string what, int connections, int depth)
    {
        var ids = _peers.SelectMany(peer => peer.Ids.Values).Take(100_000).ToArray();
        var latencies = new Latencies();
        var (begun, usage) = (Stopwatch.GetTimestamp(), ServerUsage.Of(options.TrackerProcess));
        var until = begun + options.Seconds * Stopwatch.Frequency;
        var answers = RunThreads(connections, number =>
        {
            var random = new Random(number);
            using var asker = new Asker(options.Tracker);
            // The requests are created beforehand, so that their creation is not measured.
            var batches = Enumerable.Range(0, 64)
                .Select(_ => Enumerable.Range(0, depth).SelectMany(_ => FrameEncoder.Encode(Operation.Info,
                    ids[random.Next(ids.Length)])).ToArray()).ToArray();
            var count = 0L;
            for (; Stopwatch.GetTimestamp() < until; count += depth)
            {
                var asked = Stopwatch.GetTimestamp();
                asker.Ask(batches[count / depth % batches.Length], depth);
                latencies.Add(Stopwatch.GetElapsedTime(asked));
            }

            return asker.Errors > 0 ? throw new IOException($"{asker.Errors} requests were refused") : count;
        });
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var processor = (ServerUsage.Of(options.TrackerProcess).Processor - usage.Processor).TotalSeconds;
        Say(what, $"{answers / seconds:0} replies/s on {connections} connections; per round {latencies}; the tracker used {processor / seconds:0.0%} of a core");
    }

    private void Measure(string what)
    {
        var latencies = new Latencies();
        var until = Stopwatch.GetTimestamp() + options.Seconds * Stopwatch.Frequency;
        RunThreads(2, number =>
        {
            var random = new Random(number);
            using var asker = new Asker(options.Tracker);
            return asker.Repeat(
                () => FrameEncoder.Encode(Operation.List, random.Next(Total)), 1, until, latencies, TimeSpan.FromMilliseconds(2));
        });
        Say(what, $"{latencies}");
    }

    private void Searches()
    {
        var random = new Random(5);
        Search("  search, a rare word", () => SongMaker.Word(30_000 + random.Next(20_000)));
        Search("  search, a frequent word", () => SongMaker.Word(random.Next(50)));
        Search("  search, two words", () => $"{SongMaker.Word(random.Next(2_000))} {SongMaker.Word(random.Next(2_000))}");
        Search("  search, 2-letter prefix", () => SongMaker.Word(random.Next(50_000))[..2]);
        Search("  search, 1-letter prefix", () => SongMaker.Word(random.Next(50_000))[..1]);
        Search("  search, no hit", () => $"zz{random.Next()}");
        Search("  search, 16 words of one letter", () => "a b c d e f g h i j k l m n o p");
    }

    private void Search(string what, Func<string> query)
    {
        var latencies = new Latencies();
        var until = Stopwatch.GetTimestamp() + options.Seconds * Stopwatch.Frequency / 4;
        RunThreads(1, _ =>
        {
            using var asker = new Asker(options.Tracker);
            return asker.Repeat(
                () => FrameEncoder.Encode(
                    Operation.List, 0, new ListRequest { Query = query() }), 1, until, latencies, TimeSpan.FromMilliseconds(5));
        });
        Say(what, $"{latencies}");
    }

    // Every tenth of a second, some peers withdraw ten songs each and share them again immediately.
    private async Task<double> ChurnAsync(CancellationToken stop)
    {
        var (begun, changes, round) = (Stopwatch.GetTimestamp(), 0L, 0);
        try
        {
            while (true)
            {
                await Task.Delay(100, stop).ConfigureAwait(false);
                var due = (long)(Stopwatch.GetElapsedTime(begun).TotalSeconds * options.Churn);
                for (; changes < due; changes += 20, round++)
                {
                    var (peer, first) = (round % _peers.Length, round / _peers.Length * 10 % Math.Max(1, options.Songs - 10));
                    var songs = Enumerable.Range((peer * options.Songs) + first, 10).ToArray();
                    await _peers[peer].ShareAsync([], songs).ConfigureAwait(false);
                    await _peers[peer].ShareAsync(songs, []).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
            return changes / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
    }

    private static long RunThreads(int threads, Func<int, long> work)
    {
        var tasks = Enumerable.Range(0, threads)
            .Select(number => Task.Factory.StartNew(() => work(number), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default)).ToArray();
        return Task.WhenAll(tasks).GetAwaiter().GetResult().Sum();
    }
}
