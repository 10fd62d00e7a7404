using System.Globalization;

namespace TspActors.Peer.Terminal;

/// <summary>How fast something comes, over the last seconds, and how long the rest takes at that rate.</summary>
internal sealed class TransferRate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    // The rate of a moment says nothing.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(500);

    private readonly Queue<(TimeSpan At, long Bytes)> _marks = new();

    /// <summary>Bytes a second; null before it can be told.</summary>
    public double? BytesPerSecond { get; private set; }

    /// <summary>Takes how many bytes are there at a time; a number smaller than the one before begins anew.</summary>
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
        if (at - since >= Least)
            BytesPerSecond = (bytes - before) / (at - since).TotalSeconds;
    }

    /// <summary>How long so many bytes take; null before it can be told, and while nothing comes.</summary>
    public TimeSpan? TimeFor(long bytes) => BytesPerSecond is > 0 and var rate && bytes / rate < 360_000 ? TimeSpan.FromSeconds(bytes / rate) : null;

    /// <summary>A number of bytes for people: "3.4 MB".</summary>
    public static string Text(double bytes) => bytes switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0} kB"),
    };
}
