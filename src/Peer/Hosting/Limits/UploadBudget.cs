using TspActors.Configuration;
using TspActors.Transport.Limits;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>
/// Shares out the upload limit: streams ask for bytes and are granted them in turn, those at real time first, downloads from what is left.
/// </summary>
/// <remarks>
/// Among streams at real time it is the turn of the one whose listener runs dry first, so those that have their burst ahead wait for one
/// that has just begun. A listener that stalled gets no arrears: its clock starts again, else catching up would take the others' time.
/// Downloads take turns in the order in which they ask. The limit of a single stream never holds back real time: there it is at least the
/// song's own rate. Each stream has at most one request open.
/// </remarks>
/// <typeparam name="TStream">What a stream is known by.</typeparam>
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

    /// <summary>Whether anything is limited; if not, every request is granted at once.</summary>
    public bool IsLimited => !_totalRate.IsNone || !_streamRate.IsNone;

    /// <summary>Other limits from now on.</summary>
    /// <param name="total">All streams together.</param>
    /// <param name="perStream">Each stream.</param>
    /// <param name="burst">After a pause so much time's worth of either goes at once, and at least one request.</param>
    /// <param name="now">The time.</param>
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
            // Requests that waited for their stream's old limit are measured by the new one.
            while (_later.TryDequeue(out var request, out _))
                Place(request, now);
        }

        (_totalRate, _streamRate, _burst) = (total, perStream, burst);
    }

    /// <summary>A stream begins.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="realTimeRate">Its song's bytes a second; 0 = a download.</param>
    /// <param name="now">The time.</param>
    public void Add(TStream stream, double realTimeRate, TimeSpan now) =>
        _shares[stream] = new Share(realTimeRate) { Own = OwnBucket(realTimeRate, _streamRate, _burst, now) };

    /// <summary>A stream has ended; what it asked for is forgotten.</summary>
    public void Remove(TStream stream) => _shares.Remove(stream);

    /// <summary>Adds a stream's request to send bytes; <see cref="TryGrant"/> says when it is its turn.</summary>
    public void Ask(TStream stream, int bytes, TimeSpan now)
    {
        if (_shares.TryGetValue(stream, out var share))
            Place(new Request(stream, share, bytes), now);
    }

    /// <summary>The next stream that may send what it asked for.</summary>
    /// <returns>False when nobody may now.</returns>
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

    /// <summary>How long until <see cref="TryGrant"/> is worth calling again; null = not before the next request.</summary>
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

    // The clock of a listener: the time until which it can play the bytes that were granted.
    private sealed class Share(double realTimeRate)
    {
        private TimeSpan _playsUntil;

        public double RealTimeRate => realTimeRate;

        public TokenBucket? Own { get; set; }

        public TimeSpan Deadline(TimeSpan now) => realTimeRate <= 0 ? TimeSpan.MaxValue : _playsUntil > now ? _playsUntil : now;

        public void Sent(int bytes, TimeSpan now)
        {
            Own?.Spend(bytes);
            if (realTimeRate > 0)
                _playsUntil = Deadline(now) + TimeSpan.FromSeconds(bytes / realTimeRate);
        }
    }
}
