using System.Diagnostics;

namespace TspActors.Benchmarks.Load;

/// <summary>
/// Implements the verb "load": runs listeners against a TSP host, Icecast or a web server and reports what they received.
/// </summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (LoadOptions.Parse(arguments) is not { } options)
        {
            Console.Error.WriteLine(LoadOptions.Usage);
            return 2;
        }

        var song = ExpectedSong.Of(options);
        var report = await MeasureAsync(options, song).ConfigureAwait(false);
        report.Print();
        if (options.Report.Length > 0)
            await File.WriteAllTextAsync(options.Report, report.ToJson()).ConfigureAwait(false);
        return report is { Failed: 0, WrongBytes: 0 } && report.Begun == options.Count ? 0 : 1;
    }

    private static async Task<LoadReport> MeasureAsync(LoadOptions options, ExpectedSong song)
    {
        using var stop = new CancellationTokenSource();
        using var lag = new WakeUpLag();
        var idle = ServerUsage.Of(options.ServerId);
        var listeners = Enumerable.Range(0, options.Count).Select(_ => new LoadListener(options, song)).ToArray();
        var downloads = Enumerable.Range(0, options.Downloads).Select(
            _ => new LoadListener(options with { AtRealTime = false }, song, repeats: true)).ToArray();
        var running = new List<Task>(options.Count);
        var (begun, ownBegun) = (Stopwatch.GetTimestamp(), ServerUsage.OwnProcessor());
        foreach (var (number, listener) in listeners.Index())
        {
            var due = options.Ramp * ((double)number / options.Count) - Stopwatch.GetElapsedTime(begun);
            if (due > TimeSpan.FromMilliseconds(1))
                await Task.Delay(due).ConfigureAwait(false);
            running.Add(listener.RunAsync(stop.Token));
        }

        running.AddRange(downloads.Select(download => download.RunAsync(stop.Token)));

        // For real-time listeners with a set duration, only the time after all of them were started counts; otherwise the whole run counts.
        var (from, usage, own, bytes) = options.Duration > TimeSpan.Zero && options.AtRealTime
            ? (Stopwatch.GetTimestamp(), ServerUsage.Of(options.ServerId), ServerUsage.OwnProcessor(),
                listeners.Sum(listener => listener.Bytes))
            : (begun, idle, ownBegun, 0L);
        var downloadedBefore = downloads.Sum(download => download.Bytes);
        var probing = ProbeAsync(options, song, stop.Token);
        var all = Task.WhenAll(running);
        if (options.Duration > TimeSpan.Zero)
            await Task.WhenAny(all, Task.Delay(options.Duration)).ConfigureAwait(false);
        else
            await all.ConfigureAwait(false);
        var (seconds, after, ownAfter) = (Stopwatch.GetElapsedTime(from).TotalSeconds, ServerUsage.Of(options.ServerId),
            ServerUsage.OwnProcessor());
        var downloaded = downloads.Sum(download => download.Bytes) - downloadedBefore;
        await stop.CancelAsync().ConfigureAwait(false);
        await all.ConfigureAwait(false);
        var probes = await probing.ConfigureAwait(false);
        var report = Summarize(
            options, listeners, seconds, listeners.Sum(listener => listener.Bytes) - bytes, idle, usage, after,
            (ownAfter - own).TotalSeconds, lag.Worst);
        return report with
        {
            Probes = probes.Length,
            ProbeMs = Spread(probes),
            Downloads = downloads.Length,
            DownloadMegabytesPerSecond = downloaded / 1e6 / seconds,
            WrongBytes = report.WrongBytes + downloads.Sum(download => download.WrongBytes),
            Failed = report.Failed + downloads.Count(download => download.Failure is not null) + options.Probes - probes.Length,
            Failure = report.Failure ?? downloads.FirstOrDefault(download => download.Failure is not null)?.Failure,
        };
    }

    // The probes run one after the other, so that they do not affect each other's results.
    private static async Task<double[]> ProbeAsync(LoadOptions options, ExpectedSong song, CancellationToken stop)
    {
        var times = new List<double>(options.Probes);
        var pause = options.Probes == 0 ? TimeSpan.Zero : options.Duration * 0.9 / options.Probes;
        for (var number = 0; number < options.Probes && !stop.IsCancellationRequested; number++)
        {
            var begun = Stopwatch.GetTimestamp();
            var probe = new LoadListener(options, song) { OnlyFirst = true };
            await probe.RunAsync(stop).ConfigureAwait(false);
            if (probe.FirstByte is { } first)
                times.Add(first.TotalMilliseconds);
            var rest = pause - Stopwatch.GetElapsedTime(begun);
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, CancellationToken.None).ConfigureAwait(false);
        }

        return [.. times.Order()];
    }

    private static double[] Spread(double[] sorted) =>
        sorted.Length == 0 ? [0, 0, 0] : [sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100], sorted[^1]];

    private static LoadReport Summarize(
        LoadOptions options, LoadListener[] listeners, double seconds, long bytes, ServerUsage idle, ServerUsage before, ServerUsage after,
        double own, TimeSpan lag)
    {
        var first = listeners.Where(listener => listener.FirstByte is not null).Select(
            listener => listener.FirstByte!.Value.TotalMilliseconds).Order().ToArray();
        var margins = listeners.Where(listener => listener.Margin < TimeSpan.MaxValue).Select(
            listener => listener.Margin.TotalMilliseconds).ToArray();
        return new LoadReport(
            options.Count, first.Length, listeners.Count(listener => listener.Failure is not null),
            listeners.FirstOrDefault(listener => listener.Failure is not null)?.Failure, listeners.Count(listener => listener.IsComplete),
            listeners.Sum(listener => listener.Bytes), listeners.Count(listener => listener.LateBytes > 0),
            listeners.Sum(listener => listener.LateBytes),
            listeners.Sum(listener => listener.WrongBytes), margins.Length == 0
                ? 0
                : margins.Min(), listeners.Select(listener => listener.Gap).DefaultIfEmpty().Max().TotalMilliseconds,
            Spread(first),
            seconds, bytes / 1e6 / seconds, (after.Processor - before.Processor).TotalSeconds, idle.ResidentBytes, after.ResidentBytes,
            own / seconds, lag.TotalMilliseconds);
    }
}
