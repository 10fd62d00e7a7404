using System.Globalization;

namespace TspActors.Peer.Terminal;

/// <summary>Measures the rate of a transfer over the last few seconds, and estimates the remaining time.</summary>
internal sealed class TransferRate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    // A rate measured over a shorter time is meaningless.
    private static readonly TimeSpan MinDuration = TimeSpan.FromMilliseconds(500);

    private readonly Queue<(TimeSpan At, long Bytes)> _marks = new();

    /// <summary>The rate in bytes per second; null until it is known.</summary>
    public double? BytesPerSecond { get; private set; }

    /// <summary>Records how many bytes have arrived so far. A number below the oldest one in the window restarts the measurement.</summary>
    public void Mark(TimeSpan at, long bytes)
    {
        if (_marks.Count > 0 && bytes < _marks.Peek().Bytes)
        {
            _marks.Clear();
            BytesPerSecond = null;
        }

        _marks.Enqueue((at, bytes));
        while (_marks.Count > 2 && at - _marks.Peek().At > Window)
            _marks.Dequeue();
        var (since, before) = _marks.Peek();
        if (at - since >= MinDuration)
            BytesPerSecond = (bytes - before) / (at - since).TotalSeconds;
    }

    /// <summary>
    /// Returns how long this number of bytes will take; null if the rate is not known yet, nothing is arriving, or the result would be 100
    /// hours or more.
    /// </summary>
    public TimeSpan? TimeFor(long bytes) =>
        BytesPerSecond is > 0 and var rate && bytes / rate < 360_000 ? TimeSpan.FromSeconds(bytes / rate) : null;

    /// <summary>Returns a number of bytes as text, such as "3.4 MB".</summary>
    public static string Text(double bytes) => bytes switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB"),
    };
}
