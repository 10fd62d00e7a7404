using System.Globalization;
using TspActors.Configuration;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>The refusal of a stream.</summary>
/// <param name="Code">The protocol's error code.</param>
/// <param name="Message">The reason, for users.</param>
/// <param name="RetryAfter">How long to wait before asking again; null = asking again is pointless.</param>
/// <param name="Pause">How long the host stops reading from the connection.</param>
/// <param name="Cuts">Whether the host closes the connection.</param>
/// <param name="QueuePlace">The requester's place in the queue, 1 = next; 0 = none.</param>
internal sealed record AdmissionRefusal(
    ErrorCode Code, string Message, TimeSpan? RetryAfter, TimeSpan Pause = default, bool Cuts = false, int QueuePlace = 0);

/// <summary>
/// Decides which streams may start, under the limits on upload and on the number of streams in total, per peer and per address.
/// Keeps the queue of the requesters that have to wait.
/// </summary>
/// <remarks>
/// A stream at real time fits when the upload limit covers its song's rate and the rates of all other streams at real time. Downloads
/// share the rest; each must be able to get <see cref="HostingLimits.LeastUpload"/>. Freed room is held for the requesters in the queue,
/// for each one until shortly after it should have asked again. A refusal costs a few lookups and a few passes over the bounded queue.
/// All times are readings of one monotonic clock.
/// </remarks>
internal sealed class StreamAdmission(HostingSettings settings)
{
    // The assumed rate of the next listener's song while there is no stream at real time: 128 kbit/s, a common bitrate.
    private const double TypicalRate = 16_000;

    private readonly RequesterCount _streams = new();
    private readonly WaitingList _queue = new();
    private readonly RetryLedger _ledger = new();
    private HostingSettings _settings = settings;
    private Rate _upload = settings.Limits.MaxUpload;
    private TimeSpan? _freedAt;
    private TimeSpan? _meanInterval;

    /// <summary>The number of admitted streams.</summary>
    public int Active { get; private set; }

    /// <summary>The number of downloads among the admitted streams.</summary>
    public int Downloads { get; private set; }

    /// <summary>The bytes per second that the streams at real time need.</summary>
    public double RealTimeRate { get; private set; }

    /// <summary>The number of requesters in the queue.</summary>
    public int Waiting => _queue.Count;

    private HostingLimits Limits => _settings.Limits;

    /// <summary>Returns how many streams the limits allow now; 0 = no limit.</summary>
    public int Allowed(TimeSpan now)
    {
        _queue.Forget(now);
        if (_settings.MaxStreams == 0 && _upload.IsNone)
            return 0;
        // Room that is held for the queue is not available to a new requester.
        var held = _queue.Before(null, now);
        var byRate = _upload.IsNone ? double.MaxValue : Math.Max(0, _upload.BytesPerSecond - RealTimeRate - held.RealTimeRate) / Typical;
        var byCount = _settings.MaxStreams == 0 ? int.MaxValue : _settings.MaxStreams - Active - held.Streams;
        return Math.Max(Active + (int)Math.Clamp(byRate, 0, Math.Max(0, byCount)), 1);
    }

    /// <summary>Changes the limits. Running streams are not ended; see <see cref="Overcommitted"/>.</summary>
    public void SetLimits(HostingSettings settings, Rate upload) => (_settings, _upload) = (settings, upload);

    /// <summary>True when the streams at real time need more than the upload limit.</summary>
    public bool Overcommitted => !_upload.IsNone && RealTimeRate > _upload.BytesPerSecond + 0.5;

    /// <summary>Admits a stream, or returns the reason for its refusal.</summary>
    /// <param name="claim">The requested stream.</param>
    /// <param name="now">The current time.</param>
    /// <param name="replaced">The requester's own earlier stream, already released, that this one replaces.</param>
    /// <returns>The reason for the refusal; null when the stream is admitted. Call <see cref="Leave"/> when it ends.</returns>
    public AdmissionRefusal? Ask(StreamClaim claim, TimeSpan now, StreamClaim? replaced = null)
    {
        if (replaced is null && _ledger.PenaltyLeft(claim.Requester, now) is var penalty && penalty > TimeSpan.Zero)
            return CutOff(penalty);
        _queue.Forget(now);
        if (claim.RealTimeRate > _upload.BytesPerSecond && !_upload.IsNone)
            return new AdmissionRefusal(
                ErrorCode.Forbidden,
                $"this song needs {Text(claim.RealTimeRate)}, but this host uploads at most {_upload}; save it at full speed instead",
                null);
        if (replaced is null && TooMany(claim.Requester) is { } own)
        {
            _queue.Leave(claim);
            return Refuse(claim, now, own, _settings.BusyRetryAfter);
        }

        var before = replaced is null ? _queue.Before(claim, now) : default;
        if (NoRoom(claim, before, replaced) is { } reason)
            return Queue(claim, now, reason);
        _queue.Leave(claim);
        _ledger.RecordServed(claim);
        Count(claim, 1);
        _streams.Add(claim.Requester);
        return null;
    }

    /// <summary>Records the end of a stream.</summary>
    /// <param name="claim">The stream as it was admitted.</param>
    /// <param name="now">The current time.</param>
    /// <param name="forReplacement">True when no room becomes free: the requester's next stream replaces this one, or the host is
    ///   overcommitted.</param>
    public void Leave(StreamClaim claim, TimeSpan now, bool forReplacement = false)
    {
        Count(claim, -1);
        _streams.Remove(claim.Requester);
        if (!forReplacement)
            Freed(now);
    }

    /// <summary>Records that room has become free.</summary>
    public void Freed(TimeSpan now)
    {
        if (_freedAt is { } last)
            _meanInterval = _meanInterval is { } mean ? (mean * 0.8) + ((now - last) * 0.2) : now - last;
        _freedAt = now;
    }

    private double Typical => Active > Downloads ? Math.Max(RealTimeRate / (Active - Downloads), 1) : TypicalRate;

    private void Count(StreamClaim claim, int change)
    {
        Active += change;
        Downloads += claim.IsDownload ? change : 0;
        // Clears rounding errors: without streams at real time the sum is zero.
        RealTimeRate = Active == Downloads ? 0 : RealTimeRate + (change * claim.RealTimeRate);
    }

    private string? TooMany(RequesterKey requester)
    {
        if (Limits.MaxStreamsPerPeer > 0 && requester.Peer is not null && _streams.CountFor(requester) >= Limits.MaxStreamsPerPeer)
            return $"you already have {Limits.MaxStreamsPerPeer} streams here, which is the limit for one peer";
        return Limits.MaxStreamsPerAddress > 0 && _streams.CountFor(requester.WithoutPeer()) >= Limits.MaxStreamsPerAddress
            ? $"{Limits.MaxStreamsPerAddress} streams already go to your address, which is the limit for one address"
            : null;
    }

    // A requester keeps its stream when the limits are lowered. Its next song has to fit only if it needs more than the previous one.
    private string? NoRoom(StreamClaim claim, WaitingList.Wanted before, StreamClaim? replaced)
    {
        if (replaced is not null && replaced.IsDownload == claim.IsDownload && replaced.RealTimeRate >= claim.RealTimeRate)
            return null;
        if (replaced is null && _settings.MaxStreams > 0 && Active + before.Streams >= _settings.MaxStreams)
            return Active >= _settings.MaxStreams
                ? $"all {_settings.MaxStreams} streams are taken"
                : "free slots are held for requesters that are already waiting";
        if (_upload.IsNone)
            return null;
        var needed = RealTimeRate + before.RealTimeRate
            + (claim.IsDownload ? (Downloads + before.Downloads + 1.0) * HostingLimits.LeastUpload.BytesPerSecond : claim.RealTimeRate);
        return needed > _upload.BytesPerSecond + 0.5 ? $"the upload limit of {_upload} is used up" : null;
    }

    private AdmissionRefusal Queue(StreamClaim claim, TimeSpan now, string reason)
    {
        if (Limits.MaxQueue == 0)
            return Refuse(claim, now, reason, _settings.BusyRetryAfter);
        var isIn = _queue.Contains(claim);
        if (!isIn && _queue.Count >= Limits.MaxQueue)
            return Refuse(claim, now, $"{reason}, and the queue is full ({_queue.Count} requesters)", Limits.BusyRetryLongest);
        if (!isIn && (_queue.PlacesOf(claim.Requester.WithoutPeer()) >= Limits.MaxQueuePerAddress || HasAllPlacesOfAPeer(claim.Requester)))
            return Refuse(claim, now, $"{reason}, and your queue places are used up", Limits.BusyRetryLongest);

        var place = _queue.PlaceOf(claim);
        var retryAfter = Estimate(place);
        var refusal = Refuse(claim, now, $"{QueuePlace.Text(place)}: {reason}", retryAfter);
        if (refusal.Cuts)
        {
            _queue.Leave(claim);
            return refusal;
        }

        _queue.Keep(claim, now + retryAfter + Limits.SlotHold, now + retryAfter + Limits.QueueKeep);
        return refusal with { QueuePlace = place };
    }

    private bool HasAllPlacesOfAPeer(RequesterKey requester) =>
        requester.Peer is not null && Limits.MaxStreamsPerPeer > 0 && _queue.PlacesOf(requester) >= Limits.MaxStreamsPerPeer;

    // The head of the queue asks often, so that freed room does not stay unused. Each place behind it waits for one more stream to end.
    private TimeSpan Estimate(int place)
    {
        var estimate = _settings.BusyRetryAfter + ((place - 1) * (_meanInterval ?? _settings.BusyRetryAfter));
        return estimate < Limits.BusyRetryLongest ? estimate : Longest;
    }

    private TimeSpan Longest => Limits.BusyRetryLongest > _settings.BusyRetryAfter ? Limits.BusyRetryLongest : _settings.BusyRetryAfter;

    private AdmissionRefusal Refuse(StreamClaim claim, TimeSpan now, string reason, TimeSpan retryAfter)
    {
        var early = _ledger.TimeTooEarly(claim, now);
        if (early > TimeSpan.Zero && _ledger.Strike(claim.Requester) > Limits.IgnoreLimit)
        {
            _ledger.Penalize(claim.Requester, now, Limits.IgnorePenalty);
            return CutOff(Limits.IgnorePenalty);
        }

        // A requester that asks too early is given the same retry time again.
        var until = early > TimeSpan.Zero ? now + early : now + retryAfter;
        _ledger.RecordRefusal(claim, now, until, Limits.IgnorePenalty);
        return new AdmissionRefusal(ErrorCode.Busy, reason, until - now, early < Limits.IgnoreDelay ? early : Limits.IgnoreDelay);
    }

    private static AdmissionRefusal CutOff(TimeSpan left) => new(
        ErrorCode.RateLimited, string.Create(
            CultureInfo.InvariantCulture,
            $"you repeatedly asked again too early; this host will refuse you for {Math.Ceiling(left.TotalSeconds)} s"),
        left, Cuts: true);

    private static string Text(double bytesPerSecond) => new Rate((long)Math.Ceiling(bytesPerSecond / 125) * 125).ToString();
}
