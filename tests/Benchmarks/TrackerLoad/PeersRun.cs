using System.Diagnostics;
using TspActors.Benchmarks.Load;
using TspActors.Protocol;
using static TspActors.Benchmarks.TrackerLoad.TrackerLoadCommand;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>
/// Measures a tracker with many peers that receive broadcasts: how fast they register, what they cost, and how soon they learn of changes.
/// </summary>
internal sealed class PeersRun(TrackerLoadOptions options)
{
    private readonly Latencies _delivery = new();
    private readonly Dictionary<ulong, long> _oldestChange = [];
    private readonly long[] _sentAt = new long[10_000_000];
    private long _deltas;
    private long _listAgain;
    private long _bytes;

    public async Task RunAsync()
    {
        var before = ServerUsage.Of(options.TrackerProcess);
        var peers = Enumerable.Range(0, options.Peers)
            .Select(
                number => new LoadPeer(
                    options.Tracker, number, wantsBroadcasts: number < options.Subscribers,
                    options.Tls ? ClientTls.CreateNew() : null)
                { Heard = ReadDelta })
            .ToArray();
        await ConnectAsync(peers, before).ConfigureAwait(false);
        await Task.Delay(TimeSpan.FromSeconds(2)).ConfigureAwait(false);
        await IdleAsync(before).ConfigureAwait(false);
        var retaggers = Enumerable.Range(0, options.Retaggers).Select(_ => new Retagger(options.Tracker)).ToList();
        retaggers.ForEach(retagger => retagger.Begin());
        await ChangeAsync(peers).ConfigureAwait(false);
        if (retaggers.Count > 0)
            Say("retagged", $"{retaggers.Sum(retagger => retagger.Done)} songs");
        retaggers.ForEach(retagger => retagger.Dispose());
        Say(
            "connections lost",
            $"{peers.Count(peer => peer.Failure is not null)} {peers.FirstOrDefault(peer => peer.Failure is not null)?.Failure}");
        foreach (var peer in peers)
            peer.Dispose();
    }

    private async Task ConnectAsync(LoadPeer[] peers, ServerUsage before)
    {
        var registering = new Latencies();
        var begun = Stopwatch.GetTimestamp();
        var failed = 0;
        var running = new List<Task>(peers.Length);
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
                    if (options.Songs > 0)
                        await peer.ShareAllAsync([.. Enumerable.Range(number * options.Songs, options.Songs)]).ConfigureAwait(false);
                    registering.Add(Stopwatch.GetElapsedTime(asked));
                }
                catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
                {
                    // This failure is reported at the end with all others.
                    Interlocked.Increment(ref failed);
                }
            }));
        }

        await Task.WhenAll(running).ConfigureAwait(false);
        var after = ServerUsage.Of(options.TrackerProcess);
        Say("storm", $"{peers.Length - failed} of {peers.Length} peers with {options.Songs} songs each registered after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s; time per peer: {registering}");
        Say("memory", $"{(after.ResidentBytes - before.ResidentBytes) / 1024.0 / peers.Length:0.0} KB per peer; the tracker used {(after.Processor - before.Processor).TotalSeconds:0.0} s of processor time");
    }

    private async Task IdleAsync(ServerUsage before)
    {
        var usage = ServerUsage.Of(options.TrackerProcess);
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds)).ConfigureAwait(false);
        var after = ServerUsage.Of(options.TrackerProcess);
        Say("idle", $"{(after.Processor - usage.Processor).TotalSeconds / options.Seconds:0.0%} of a core; {(after.ResidentBytes - before.ResidentBytes) / 1024.0 / options.Peers:0.0} KB per peer");
    }

    private async Task ChangeAsync(LoadPeer[] peers)
    {
        var (usage, begun, changes) = (ServerUsage.Of(options.TrackerProcess), Stopwatch.GetTimestamp(), 0);
        var running = new List<Task>();
        (_deltas, _listAgain, _bytes) = (0, 0, 0);
        while (Stopwatch.GetElapsedTime(begun) < TimeSpan.FromSeconds(options.Seconds))
        {
            await Task.Delay(10).ConfigureAwait(false);
            for (; changes < Stopwatch.GetElapsedTime(begun).TotalSeconds * options.Churn; changes++)
            {
                // The title identifies the change, so that the receiver can look up when it was sent.
                _sentAt[changes] = Stopwatch.GetTimestamp();
                running.Add(
                    peers[changes % peers.Length].ShareAsync([1_000_000_000 + (changes % peers.Length)], [], title: $"change {changes}"));
            }
        }

        await Task.WhenAll(running).ConfigureAwait(false);

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var after = ServerUsage.Of(options.TrackerProcess);
        await Task.Delay(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
        Say("changes", $"{changes / seconds:0}/s in {seconds:0.0} s; the tracker used {(after.Processor - usage.Processor).TotalSeconds / seconds:0.0%} of a core");
        Say("deltas", $"{_deltas} received ({_deltas / (double)Math.Min(peers.Length, options.Subscribers):0.0} per subscriber), {_bytes / 1e6:0} MB, {_listAgain} times \"list again\"");
        Say("delivery, oldest change of a delta", $"{_delivery}");
    }

    // All peers receive the same bytes, so each delta is parsed once, by the first peer that receives it.
    private void ReadDelta(ReadOnlyMemory<byte> body)
    {
        Interlocked.Increment(ref _deltas);
        Interlocked.Add(ref _bytes, body.Length);
        var key = ((ulong)body.Length << 48) ^ BitConverter.ToUInt64(
            body.Span[^Math.Min(8, body.Length)..].ToArray().Concat(new byte[8]).Take(8).ToArray());
        long oldest;
        lock (_oldestChange)
        {
            if (!_oldestChange.TryGetValue(key, out oldest))
            {
                var delta = CatalogDelta.Parser.ParseFrom(body.Span);
                oldest = delta.FromVersion == delta.ToVersion ? -1
                    : delta.Changed.Where(song => song.Tags.Title.StartsWith("change ", StringComparison.Ordinal))
                        .Select(song => _sentAt[int.Parse(song.Tags.Title.AsSpan(7),
                            System.Globalization.CultureInfo.InvariantCulture)]).DefaultIfEmpty(0).Min();
                _oldestChange[key] = oldest;
            }
        }

        if (oldest > 0)
            _delivery.Add(Stopwatch.GetElapsedTime(oldest));
        else if (oldest < 0)
            Interlocked.Increment(ref _listAgain);
    }
}
