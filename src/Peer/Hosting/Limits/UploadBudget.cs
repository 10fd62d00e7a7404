using TspActors.Configuration;
using TspActors.Transport.Limits;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>
/// Divides the upload limit among the streams, which request bytes before they send them. Real-time streams are served before downloads.
/// </summary>
/// <remarks>
/// Among the real-time streams, the one whose listener would run dry first is served first. A stream whose listener still has its full
/// burst therefore waits for a stream that has just begun. A listener's clock restarts after a stall, because catching up would take
/// bandwidth from the other streams. Downloads are served in the order of their requests. The limit per stream never slows down a real-time
/// stream, because for such a stream it is at least the song's own rate. Each stream has at most one open request.
/// </remarks>
/// <typeparam name="TStream">The type that identifies a stream.</typeparam>
internal sealed class UploadBudget<TStream>
    where TStream : notnull
{
    private readonly Dictionary<TStream, Share> _shares = [];
    private readonly PriorityQueue<Request, (TimeSpan Deadline, long Order)> _ready = new();
    private readonly PriorityQueue<Request, TimeSpan> _later = new();
    private Rate _totalRate;
    private Rate _streamRate;
    private TimeSpan _burst;
    private TokenBucket? _total;
    private long _asked;

    /// <summary>True when there is any limit. Otherwise every request is granted immediately.</summary>
    public bool IsLimited => !_totalRate.IsNone || !_streamRate.IsNone;

    /// <summary>Changes the limits.</summary>
    /// <param name="total">The limit for all streams together.</param>
    /// <param name="perStream">The limit for each stream.</param>
    /// <param name="burst">How many seconds' worth of either limit may be sent in one burst after a pause. A larger request is not split.
    /// </param>
    /// <param name="now">The current time.</param>
    public void SetLimits(Rate total, Rate perStream, TimeSpan burst, TimeSpan now)
    {
        if (total.IsNone)
            _total = null;
        else if (_total is null)
            _total = Bucket(total.BytesPerSecond, burst, now);
        else
            _total.Change(total.BytesPerSecond, total.BytesPerSecond * burst.TotalSeconds, now);
        if (perStream != _streamRate || burst != _burst)
        {
            foreach (var share in _shares.Values)
                share.Own = OwnBucket(share.RealTimeRate, perStream, burst, now);
            // Requests that were waiting because of the old limit for their stream are checked against the new limit.
            while (_later.TryDequeue(out var request, out _))
                Place(request, now);
        }

        (_totalRate, _streamRate, _burst) = (total, perStream, burst);
    }

    /// <summary>Adds a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="realTimeRate">Its song's bytes per second; 0 = a download.</param>
    /// <param name="now">The current time.</param>
    public void Add(TStream stream, double realTimeRate, TimeSpan now) =>
        _shares[stream] = new Share(realTimeRate) { Own = OwnBucket(realTimeRate, _streamRate, _burst, now) };

    /// <summary>Changes the rate of a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="realTimeRate">Its feed's bytes per second.</param>
    /// <param name="now">The current time.</param>
    public void Change(TStream stream, double realTimeRate, TimeSpan now)
    {
        if (!_shares.TryGetValue(stream, out var share))
            return;
        share.RealTimeRate = realTimeRate;
        var own = Math.Max(_streamRate.BytesPerSecond, realTimeRate);
        share.Own?.Change(own, own * _burst.TotalSeconds, now);
    }

    /// <summary>Removes a stream and its open request.</summary>
    public void Remove(TStream stream) => _shares.Remove(stream);

    /// <summary>Adds a stream's request to send bytes; <see cref="TryGrant"/> grants it when its turn comes.</summary>
    public void Ask(TStream stream, int bytes, TimeSpan now)
    {
        if (_shares.TryGetValue(stream, out var share))
            Place(new Request(stream, share, bytes), now);
    }

    /// <summary>Grants the next request that the limits allow now.</summary>
    /// <returns>False when no request can be granted now.</returns>
    public bool TryGrant(TimeSpan now, out TStream stream)
    {
        while (_later.TryPeek(out var waiting, out var at) && at <= now)
        {
            _later.Dequeue();
            Place(waiting, now);
        }

        while (_ready.TryPeek(out var request, out _))
        {
            var isGone = !IsOpen(request);
            if (!isGone && _total?.WaitFor(request.Bytes, now) > TimeSpan.Zero)
                break;
            _ready.Dequeue();
            if (isGone)
                continue;
            _total?.Spend(request.Bytes);
            request.Share.Sent(request.Bytes, now);
            stream = request.Stream;
            return true;
        }

        stream = default!;
        return false;
    }

    /// <summary>Returns the time until <see cref="TryGrant"/> is worth calling again; null = not before the next request.</summary>
    public TimeSpan? NextIn(TimeSpan now)
    {
        while (_ready.TryPeek(out var gone, out _) && !IsOpen(gone))
            _ready.Dequeue();
        TimeSpan? ready = _ready.TryPeek(out var request, out _) ? _total?.WaitFor(request.Bytes, now) ?? TimeSpan.Zero : null;
        TimeSpan? later = _later.TryPeek(out _, out var at) ? (at > now ? at - now : TimeSpan.Zero) : null;
        return later < ready || ready is null ? later : ready;
    }

    private bool IsOpen(Request request) => _shares.TryGetValue(request.Stream, out var share) && share == request.Share;

    private void Place(Request request, TimeSpan now)
    {
        if (!IsOpen(request))
            return;
        if (request.Share.Own?.WaitFor(request.Bytes, now) is { } wait && wait > TimeSpan.Zero)
            _later.Enqueue(request, now + wait);
        else
            _ready.Enqueue(request, (request.Share.Deadline(now), _asked++));
    }

    private static TokenBucket? OwnBucket(double realTimeRate, Rate perStream, TimeSpan burst, TimeSpan now) =>
        perStream.IsNone ? null : Bucket(Math.Max(perStream.BytesPerSecond, realTimeRate), burst, now);

    private static TokenBucket Bucket(double rate, TimeSpan burst, TimeSpan now) => new(rate, rate * burst.TotalSeconds, now);

    private sealed record Request(TStream Stream, Share Share, int Bytes);

    // A stream's share of the upload, with the time at which its listener will have played the granted bytes.
    private sealed class Share(double realTimeRate)
    {
        private TimeSpan _playsUntil;

        public double RealTimeRate { get; set; } = realTimeRate;

        public TokenBucket? Own { get; set; }

        public TimeSpan Deadline(TimeSpan now) => RealTimeRate <= 0 ? TimeSpan.MaxValue : _playsUntil > now ? _playsUntil : now;

        public void Sent(int bytes, TimeSpan now)
        {
            Own?.Spend(bytes);
            if (RealTimeRate > 0)
                _playsUntil = Deadline(now) + TimeSpan.FromSeconds(bytes / RealTimeRate);
        }
    }
}
