using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using TspActors.Benchmarks.Load;

namespace TspActors.Benchmarks.Siege;

/// <summary>Samples the memory of a process and a tracker's statistics once a second, and measures processor time.</summary>
internal sealed class ProcessWatch(string name, int process, Uri? statistics)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // The figures of /stats whose peaks are printed.
    private static readonly string[] Gauges = ["peers", "songs", "connections"];

    private readonly ConcurrentDictionary<string, long> _peaks = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private ServerUsage _begun;
    private long _began;
    private string _rejected = "";
    private int _unanswered;
    private int _answered;
    private TimeSpan _slowest;

    /// <summary>The peak of resident memory since the phase began.</summary>
    public long PeakBytes { get; private set; }

    public bool IsAlive
    {
        get
        {
            try
            {
                // A process that has ended, but whose parent has not waited for it, is a zombie.
                return File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1][0] is not ('Z' or 'X');
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>Starts a phase: peaks and processor time are counted from now on.</summary>
    public void Begin()
    {
        _begun = ServerUsage.Of(process);
        (_began, PeakBytes) = (Stopwatch.GetTimestamp(), _begun.ResidentBytes);
        _peaks.Clear();
        (_answered, _unanswered, _slowest) = (0, 0, TimeSpan.Zero);
    }

    public async Task WatchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (IsAlive)
            {
                PeakBytes = Math.Max(PeakBytes, ServerUsage.Of(process).ResidentBytes);
                if (statistics is not null)
                    await AskAsync().ConfigureAwait(false);
            }

            await Task.Delay(Interval, stop).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    /// <summary>Returns the memory and processor time that the process has used in this phase.</summary>
    public string Describe()
    {
        if (!IsAlive)
            return $"{name}: ENDED, at most {PeakBytes / 1e6:0} MB resident";
        var used = (ServerUsage.Of(process).Processor - _begun.Processor) / Stopwatch.GetElapsedTime(_began);
        var text = $"{name}: at most {PeakBytes / 1e6:0} MB resident, {used:0%} of a core";
        return statistics is null
            ? text
            : $"{text}; /stats {string.Join(", ", _peaks.Select(peak => $"{peak.Key} {peak.Value}"))} at most; "
                + $"answered {_answered} times, the slowest after {_slowest.TotalMilliseconds:0} ms, {_unanswered} times not answered; "
                + $"rejected {_rejected}";
    }

    private async Task AskAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            using var stats = JsonDocument.Parse(await _http.GetStringAsync(statistics).ConfigureAwait(false));
            foreach (var gauge in Gauges)
            {
                var value = stats.RootElement.GetProperty(gauge).GetInt64();
                _peaks.AddOrUpdate(gauge, value, (_, peak) => Math.Max(peak, value));
            }

            _rejected = string.Join(", ", stats.RootElement.GetProperty("rejected").EnumerateObject()
                .Where(reason => reason.Value.GetInt64() > 0).Select(reason => $"{reason.Value} {reason.Name}"));
            _answered++;
            if (Stopwatch.GetElapsedTime(begun) is var took && took > _slowest)
                _slowest = took;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or JsonException)
        {
            _unanswered++;
        }
    }
}
