using System.Diagnostics;
using TspActors.Benchmarks.Load;
using TspActors.Protocol;
using static TspActors.Benchmarks.TrackerLoad.TrackerLoadCommand;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>Measures how hostile clients slow down LIST and INFO for good clients, alternately without and with each adversary.</summary>
internal sealed class AdversaryRun(TrackerLoadOptions options)
{
    private const int Rounds = 3;

    private int Total => options.Peers * options.Songs;

    public async Task RunAsync()
    {
        var peers = Enumerable.Range(0, options.Peers).Select(
            number => new LoadPeer(options.Tracker, number, wantsBroadcasts: false)).ToArray();
        foreach (var (number, peer) in peers.Index())
        {
            await peer.RegisterAsync().ConfigureAwait(false);
            await peer.ShareAllAsync([.. Enumerable.Range(number * options.Songs, options.Songs)]).ConfigureAwait(false);
        }

        Say("registered", $"{Total} songs of {options.Peers} peers");
        // A warm-up, so that the first round does not measure just-in-time compilation.
        Measure(new Latencies(), new Latencies());
        (string What, Func<Adversary> Begin, string Unit)[] adversaries =
        [
            ("1 keeps sharing new songs", () => new NewSongSharer(options.Tracker), "songs"),
            ("2 opens 5,000 connections", () => new ConnectionFlood(options.Tracker), "connections opened"),
            ("3 100 connections that never read", () => new NeverReader(options.Tracker), "requests sent, most of them into the kernel's buffers"),
            ("4 50 connections that keep searching", () => new EndlessSearcher(options.Tracker), "searches answered"),
            ("5 keeps retagging its songs", () => new Retagger(options.Tracker), "songs"),
        ];
        foreach (var (what, begin, unit) in options.Only > 0 ? adversaries.Skip(options.Only - 1).Take(1) : adversaries)
            MeasureAgainst(what, begin, unit);
        Say(
            "good peers lost",
            $"{peers.Count(peer => peer.Failure is not null)} {peers.FirstOrDefault(peer => peer.Failure is not null)?.Failure}");
        foreach (var peer in peers)
            peer.Dispose();
    }

    private void MeasureAgainst(string what, Func<Adversary> begin, string unit)
    {
        var (pages, infos, pagesBeside, infosBeside) = (new Latencies(), new Latencies(), new Latencies(), new Latencies());
        var (done, processor) = (0L, TimeSpan.Zero);
        for (var round = 0; round < Rounds; round++)
        {
            Measure(pages, infos);
            using var adversary = begin();
            adversary.Begin();
            var before = ServerUsage.Of(options.TrackerProcess).Processor;
            Measure(pagesBeside, infosBeside);
            processor += ServerUsage.Of(options.TrackerProcess).Processor - before;
            done += adversary.Done;
        }

        Say(what, $"{done} {unit} in {Rounds * options.Seconds} s, the tracker used {processor.TotalSeconds / (Rounds * options.Seconds):0%} of a core");
        Say("  one page, undisturbed", $"{pages}");
        Say("  one page, under attack", $"{pagesBeside}  = {pagesBeside.At(0.99) / pages.At(0.99):0.0} x at p99");
        Say("  INFO, undisturbed", $"{infos}");
        Say("  INFO, under attack", $"{infosBeside}  = {infosBeside.At(0.99) / infos.At(0.99):0.0} x at p99");
    }

    private void Measure(Latencies pages, Latencies infos)
    {
        var until = Stopwatch.GetTimestamp() + (options.Seconds * Stopwatch.Frequency);
        var (some, others) = (new Random(7), new Random(8));
        Thread[] asking =
        [
            Ask(() => FrameEncoder.Encode(Operation.List, some.Next(Total)), pages, until),
            Ask(() => FrameEncoder.Encode(Operation.Info, 1 + others.Next(Total)), infos, until),
        ];
        foreach (var thread in asking)
            thread.Join();
    }

    // A good client, which waits for every reply and then pauses briefly.
    private Thread Ask(Func<byte[]> request, Latencies latencies, long until)
    {
        var thread = new Thread(() =>
        {
            using var asker = new Asker(options.Tracker);
            asker.Repeat(request, 1, until, latencies, TimeSpan.FromMilliseconds(1));
        });
        thread.Start();
        return thread;
    }
}
