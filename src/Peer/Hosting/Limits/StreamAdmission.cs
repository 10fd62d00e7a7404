using System.Globalization;
using TspActors.Configuration;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>Why a stream was not admitted.</summary>
/// <param name="Code">The error of the protocol.</param>
/// <param name="Message">For people.</param>
/// <param name="RetryAfter">When it is worth asking again; null = it is not.</param>
/// <param name="Pause">How long its connection is not to be read.</param>
/// <param name="Cuts">Whether its connection is closed.</param>
/// <param name="QueuePlace">The requester's place in the queue, 1 = next; 0 = it has none.</param>
internal sealed record AdmissionRefusal(
    ErrorCode Code, string Message, TimeSpan? RetryAfter, TimeSpan Pause = default, bool Cuts = false, int QueuePlace = 0);

/// <summary>
/// Decides who gets a stream: limits in all, of each peer and each address, of the upload; and the queue of those for whom there is no
/// room.
/// </summary>
/// <remarks>
/// Room for a stream at real time is what is left of the upload limit when every stream at real time has its song's own rate; downloads
/// share the rest, and as many are admitted as get <see cref="HostingLimits.LeastUpload"/> each. What becomes free is kept for those first
/// in the queue for a while. A refusal costs a few look-ups and at most one pass over the queue, which is bounded. Times are readings of
/// one monotonic clock.
/// </remarks>
internal sealed class StreamAdmission(HostingSettings settings)
{
    // The rate of a listener that is yet to come: 128 kbit/s, as most songs have.
    private const double TypicalRate = 16_000;

    private readonly RequesterCount _streams = new();
    private readonly WaitingList _queue = new();
    private readonly RetryLedger _ledger = new();
    private HostingSettings _settings = settings;
    private Rate _upload = settings.Limits.MaxUpload;
    private TimeSpan? _freedAt;
    private TimeSpan? _meanInterval;

    /// <summary>Streams admitted.</summary>
    public int Active { get; private set; }

    /// <summary>Of these, downloads.</summary>
    public int Downloads { get; private set; }

    /// <summary>Bytes a second that the streams at real time need.</summary>
    public double RealTimeRate { get; private set; }

    /// <summary>Requesters in the queue.</summary>
    public int Waiting => _queue.Count;

    private HostingLimits Limits => _settings.Limits;

    /// <summary>Returns how many streams can really run; 0 = no limit.</summary>
    public int Allowed(TimeSpan now)
    {
        _queue.Forget(now);
        if (_settings.MaxStreams == 0 && _upload.IsNone)
            return 0;
        // A new requester has to wait behind those for whom something is kept.
        var held = _queue.Before(null, now);
        var byRate = _upload.IsNone ? double.MaxValue : Math.Max(0, _upload.BytesPerSecond - RealTimeRate - held.RealTimeRate) / Typical;
        var byCount = _settings.MaxStreams == 0 ? int.MaxValue : _settings.MaxStreams - Active - held.Streams;
        return Math.Max(Active + (int)Math.Clamp(byRate, 0, Math.Max(0, byCount)), 1);
    }

    /// <summary>Changes the limits. No stream is ended here: see <see cref="Overcommitted"/>.</summary>
    public void SetLimits(HostingSettings settings, Rate upload) => (_settings, _upload) = (settings, upload);

    /// <summary>Whether the streams at real time need more than there is.</summary>
    public bool Overcommitted => !_upload.IsNone && RealTimeRate > _upload.BytesPerSecond + 0.5;

    /// <summary>Admits a stream, or returns why not.</summary>
    /// <param name="claim">What is wanted.</param>
    /// <param name="now">The time.</param>
    /// <param name="replaced">The requester's own stream that this one takes the place of; it has been left.</param>
    /// <returns>Null when it is admitted; <see cref="Leave"/> ends it.</returns>
    public AdmissionRefusal? Ask(StreamClaim claim, TimeSpan now, StreamClaim? replaced = null)
    {
        if (replaced is null && _ledger.PenaltyLeft(claim.Who, now) is var penalty && penalty > TimeSpan.Zero)
            return CutOff(penalty);
        _queue.Forget(now);
        if (claim.RealTimeRate > _upload.BytesPerSecond && !_upload.IsNone)
            return new AdmissionRefusal(
                ErrorCode.Forbidden,
                $"this song needs {Text(claim.RealTimeRate)} and this host uploads at most {_upload}; it can be saved at full speed", null);
        if (replaced is null && TooMany(claim.Who) is { } own)
        {
            _queue.Leave(claim);
            return Refuse(claim, now, own, _settings.BusyRetryAfter);
        }

        var before = replaced is null ? _queue.Before(claim, now) : default;
        if (NoRoom(claim, before, replaced) is { } reason)
            return Queue(claim, now, reason);
        _queue.Leave(claim);
        _ledger.Served(claim);
        Count(claim, 1);
        _streams.Add(claim.Who);
        return null;
    }

    /// <summary>A stream has ended.</summary>
    /// <param name="claim">As it was admitted.</param>
    /// <param name="now">The time.</param>
    /// <param name="forReplacement">Its requester takes another one in its place; nothing becomes free.</param>
    public void Leave(StreamClaim claim, TimeSpan now, bool forReplacement = false)
    {
        Count(claim, -1);
        _streams.Remove(claim.Who);
        if (!forReplacement)
            Freed(now);
    }

    /// <summary>Something became free.</summary>
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
        // Sums of fractions never come out even; without a listener there is nothing.
        RealTimeRate = Active == Downloads ? 0 : RealTimeRate + (change * claim.RealTimeRate);
    }

    private string? TooMany(RequesterKey who)
    {
        if (Limits.MaxStreamsPerPeer > 0 && who.Peer is not null && _streams.Of(who) >= Limits.MaxStreamsPerPeer)
            return $"you have {Limits.MaxStreamsPerPeer} streams here, which is as many as one peer gets";
        return Limits.MaxStreamsPerAddress > 0 && _streams.Of(who.AtAddress) >= Limits.MaxStreamsPerAddress
            ? $"{Limits.MaxStreamsPerAddress} streams go to your address, which is as many as one gets"
            : null;
    }

    // A requester that has a stream keeps it when the limits fall; only a song that needs more than the one before has to fit.
    private string? NoRoom(StreamClaim claim, WaitingList.Wanted before, StreamClaim? replaced)
    {
        if (replaced is not null && replaced.IsDownload == claim.IsDownload && replaced.RealTimeRate >= claim.RealTimeRate)
            return null;
        if (replaced is null && _settings.MaxStreams > 0 && Active + before.Streams >= _settings.MaxStreams)
            return Active >= _settings.MaxStreams
                ? $"all {_settings.MaxStreams} streams are taken"
                : "what is free is kept for those who wait";
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
            return Refuse(claim, now, $"{reason}, and {_queue.Count} wait for one already", Limits.BusyRetryLongest);
        if (!isIn && (_queue.PlacesOf(claim.Who.AtAddress) >= Limits.MaxQueuePerAddress || HasAllPlacesOfAPeer(claim.Who)))
            return Refuse(claim, now, $"{reason}, and enough wait from where you are", Limits.BusyRetryLongest);

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

    private bool HasAllPlacesOfAPeer(RequesterKey who) =>
        who.Peer is not null && Limits.MaxStreamsPerPeer > 0 && _queue.PlacesOf(who) >= Limits.MaxStreamsPerPeer;

    // The first one asks often, so that what becomes free does not lie idle; each one behind it waits for one stream more to end.
    private TimeSpan Estimate(int place)
    {
        var estimate = _settings.BusyRetryAfter + ((place - 1) * (_meanInterval ?? _settings.BusyRetryAfter));
        return estimate < Limits.BusyRetryLongest ? estimate : Longest;
    }

    private TimeSpan Longest => Limits.BusyRetryLongest > _settings.BusyRetryAfter ? Limits.BusyRetryLongest : _settings.BusyRetryAfter;

    private AdmissionRefusal Refuse(StreamClaim claim, TimeSpan now, string reason, TimeSpan retryAfter)
    {
        var early = _ledger.Early(claim, now);
        if (early > TimeSpan.Zero && _ledger.Strike(claim.Who) > Limits.IgnoreLimit)
        {
            _ledger.Penalize(claim.Who, now, Limits.IgnorePenalty);
            return CutOff(Limits.IgnorePenalty);
        }

        // A requester that asks too soon is told the same time again.
        var until = early > TimeSpan.Zero ? now + early : now + retryAfter;
        _ledger.Told(claim, now, until, Limits.IgnorePenalty);
        return new AdmissionRefusal(ErrorCode.Busy, reason, until - now, early < Limits.IgnoreDelay ? early : Limits.IgnoreDelay);
    }

    private static AdmissionRefusal CutOff(TimeSpan left) => new(
        ErrorCode.RateLimited, string.Create(
            CultureInfo.InvariantCulture,
            $"you asked again and again before the time you were told; nothing for {Math.Ceiling(left.TotalSeconds)} s"),
        left, Cuts: true);

    private static string Text(double bytesPerSecond) => new Rate((long)Math.Ceiling(bytesPerSecond / 125) * 125).ToString();
}
