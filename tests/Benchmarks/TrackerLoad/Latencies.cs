using System.Globalization;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>Collects durations from any thread and computes their percentiles in milliseconds.</summary>
internal sealed class Latencies
{
    private readonly List<double> _milliseconds = [];

    public int Count
    {
        get
        {
            lock (_milliseconds)
                return _milliseconds.Count;
        }
    }

    public void Add(TimeSpan duration)
    {
        lock (_milliseconds)
            _milliseconds.Add(duration.TotalMilliseconds);
    }

    /// <summary>Returns the duration, in milliseconds, below which the given share of all durations lies.</summary>
    public double At(double share)
    {
        lock (_milliseconds)
            return _milliseconds.Count == 0 ? 0 : At([.. _milliseconds.Order()], share);
    }

    public override string ToString()
    {
        double[] sorted;
        lock (_milliseconds)
            sorted = [.. _milliseconds.Order()];
        return sorted.Length == 0
            ? "none"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"p50 {At(sorted, 0.5):0.00} ms  p99 {At(sorted, 0.99):0.00} ms  worst {sorted[^1]:0.0} ms  ({sorted.Length})");
    }

    private static double At(double[] sorted, double share) => sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)];
}
