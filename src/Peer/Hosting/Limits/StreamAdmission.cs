using System.Globalization;
using TspActors.Configuration;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting.Limits;

/// <summary>The refusal of a stream.</summary>
/// <param name="Code">The protocol's error code.</param>
/// <param name="Message">The human-readable reason.</param>
/// <param name="RetryAfter">How long to wait before asking again; null = asking again is pointless.</param>
/// <param name="Pause">How long the host stops reading from the connection.</param>
/// <param name="Cuts">Whether the host closes the connection.</param>
/// <param name="QueuePlace">The requester's place in the queue, 1 = next; 0 = none.</param>
internal sealed record AdmissionRefusal(
    ErrorCode Code, string Message, TimeSpan? RetryAfter, TimeSpan Pause = default, bool Cuts = false, int QueuePlace = 0);

/// <summary>
/// Decides which streams may start, under the limits on upload and on the number of streams in total, per peer and per address.
/// Also maintains the queue of requesters that have to wait.
/// </summary>
/// <remarks>
/// A real-time stream fits when the upload limit covers its song's rate and the rates of all other real-time streams. Downloads share the
/// rest; a download is admitted only if every download could then get <see cref="HostingLimits.LeastUpload"/>. Freed capacity is
/// reserved for each requester in the queue until shortly after it should have asked again. When all slots are taken, a network (an IPv4
/// /24 or an IPv6 /48) with many streams gives one up for a requester from a network with few. A refusal costs a few lookups, a
/// few passes over the bounded queue, and one pass over the networks. All times are readings of one monotonic clock.
/// </remarks>
internal sealed class StreamAdmission(HostingSettings settings)
{
    // The assumed rate of the next listener's song while there is no real-time stream: 128 kbit/s, a common bitrate.
    private const double TypicalRate = 16_000;

    // A network with fewer streams than this never gives one up, so a host with few streams never cuts off one listener for another.
    private const int OverfullFrom = 16;

    private readonly RequesterCount _streams = new();
    private readonly Dictionary<AddressGroup, int> _networks = [];
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

    /// <summary>The bytes per second that the real-time streams need.</summary>
    public double RealTimeRate { get; private set; }

    /// <summary>The number of requesters in the queue.</summary>
    public int Waiting => _queue.Count;

    /// <summary>The network that must give up a stream because the last <see cref="Ask"/> admitted one too many; null = none.</summary>
    public AddressGroup? NetworkToCut { get; private set; }

    private HostingLimits Limits => _settings.Limits;

    /// <summary>Returns the network that a stream goes to; null when its address is unknown.</summary>
    public static AddressGroup? NetworkOf(StreamClaim claim) =>
        claim.Requester.Address is { } address ? AddressGroup.Around(address)[^1] : null;

    /// <summary>Returns how many streams the limits currently allow; 0 = no limit.</summary>
    public int Allowed(TimeSpan now)
    {
        _queue.Forget(now);
        if (_settings.MaxStreams == 0 && _upload.IsNone)
            return 0;
        // Capacity that is reserved for the queue is not available to a new requester.
        var held = _queue.Before(null, now);
        var byRate = _upload.IsNone ? double.MaxValue : Math.Max(0, _upload.BytesPerSecond - RealTimeRate - held.RealTimeRate) / Typical;
        var byCount = _settings.MaxStreams == 0 ? int.MaxValue : _settings.MaxStreams - Active - held.Streams;
        return Math.Max(Active + (int)Math.Clamp(byRate, 0, Math.Max(0, byCount)), 1);
    }

    /// <summary>
    /// Returns how many streams to report to the tracker; 0 = no limit. If one network has so many streams that it would give one up for
    /// a requester from another network, this is one more than there are. Otherwise, whoever takes all slots would make this host look
    /// full.
    /// </summary>
    public int Announced(TimeSpan now)
    {
        var allowed = Allowed(now);
        var wouldGiveUp = allowed == Active && IsFull(_queue.Before(null, now).Streams)
            && _networks.Count > 0 && _networks.Values.Max() >= OverfullFrom
            && (_upload.IsNone || RealTimeRate + Typical <= _upload.BytesPerSecond + 0.5);
        return wouldGiveUp ? Active + 1 : allowed;
    }

    /// <summary>Changes the limits. Running streams are not ended; see <see cref="Overcommitted"/>.</summary>
    public void SetLimits(HostingSettings settings, Rate upload) => (_settings, _upload) = (settings, upload);

    /// <summary>True when the real-time streams need more than the upload limit.</summary>
    public bool Overcommitted => !_upload.IsNone && RealTimeRate > _upload.BytesPerSecond + 0.5;

    /// <summary>Admits a stream, or returns the reason for its refusal.</summary>
    /// <param name="claim">The requested stream.</param>
    /// <param name="now">The current time.</param>
    /// <param name="replaced">The requester's own earlier stream, already released, that this one replaces.</param>
    /// <returns>The reason for the refusal; null when the stream is admitted. Call <see cref="Leave"/> when the stream ends.</returns>
    public AdmissionRefusal? Ask(StreamClaim claim, TimeSpan now, StreamClaim? replaced = null) =>
        Decide(claim, now, replaced, isAdmitted: true);

    /// <summary>
    /// Returns the reason why a stream would be refused now; null if it would be admitted. A requester in the queue keeps its place until
    /// it asks for the stream itself. A requester that has to wait is given a place.
    /// </summary>
    public AdmissionRefusal? FindRoom(StreamClaim claim, TimeSpan now) =>
        Decide(claim, now, replaced: null, isAdmitted: false);

    private AdmissionRefusal? Decide(StreamClaim claim, TimeSpan now, StreamClaim? replaced, bool isAdmitted)
    {
        NetworkToCut = null;
        if (replaced is null && _ledger.PenaltyLeft(claim.Requester, now) is var penalty && penalty > TimeSpan.Zero)
            return CutOff(penalty);
        _queue.Forget(now);
        if (claim.RealTimeRate > _upload.BytesPerSecond && !_upload.IsNone)
            return new AdmissionRefusal(
                ErrorCode.Forbidden,
                $"this {(claim.IsLive ? "feed" : "song")} needs {Text(claim.RealTimeRate)}, but this host uploads at most {_upload}"
                    + (claim.IsLive ? "" : "; save it at full speed instead"),
                null);
        if (replaced is null && TooMany(claim.Requester) is { } own)
        {
            _queue.Leave(claim);
            return Refuse(claim, now, own, _settings.BusyRetryAfter);
        }

        var before = replaced is null ? _queue.Before(claim, now) : default;
        var overfull = replaced is null && IsFull(before.Streams) ? FindOverfull(claim) : null;
        if (NoRoom(claim, overfull is null ? before : default, replaced, isEntitled: overfull is not null) is { } reason)
            return Queue(claim, now, reason);
        if (!isAdmitted)
            return null;
        NetworkToCut = IsFull(0) ? overfull : null;
        _queue.Leave(claim);
        _ledger.RecordServed(claim);
        Count(claim, 1);
        _streams.Add(claim.Requester);
        CountNetwork(claim, 1);
        return null;
    }

    /// <summary>Records the end of a stream.</summary>
    /// <param name="claim">The stream as it was admitted.</param>
    /// <param name="now">The current time.</param>
    /// <param name="forReplacement">True when the stream's capacity does not become free, because another stream takes it over or the host
    ///   is overcommitted.</param>
    public void Leave(StreamClaim claim, TimeSpan now, bool forReplacement = false)
    {
        Count(claim, -1);
        _streams.Remove(claim.Requester);
        CountNetwork(claim, -1);
        if (!forReplacement)
            Freed(now);
    }

    /// <summary>Records that a running stream needs a different rate. The stream keeps running; see <see cref="Overcommitted"/>.</summary>
    public void Change(StreamClaim former, StreamClaim claim)
    {
        Count(former, -1);
        Count(claim, 1);
    }

    /// <summary>Records that capacity has become free.</summary>
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
        // Clears rounding errors: without real-time streams the sum is zero.
        RealTimeRate = Active == Downloads ? 0 : RealTimeRate + (change * claim.RealTimeRate);
    }

    private void CountNetwork(StreamClaim claim, int change)
    {
        if (NetworkOf(claim) is not { } network)
            return;
        var count = _networks.GetValueOrDefault(network) + change;
        if (count == 0)
            _networks.Remove(network);
        else
            _networks[network] = count;
    }

    private bool IsFull(int held) => _settings.MaxStreams > 0 && Active + held >= _settings.MaxStreams;

    // Even with the new stream, the requester's network may have at most half as many streams as the network that gives one up. Two
    // networks therefore never keep taking streams from each other.
    private AddressGroup? FindOverfull(StreamClaim claim)
    {
        if (NetworkOf(claim) is not { } own || _networks.Count == 0)
            return null;
        var (network, most) = _networks.MaxBy(entry => entry.Value);
        return most >= Math.Max(OverfullFrom, 2 * (_networks.GetValueOrDefault(own) + 1)) ? network : null;
    }

    private string? TooMany(RequesterKey requester)
    {
        if (Limits.MaxStreamsPerPeer > 0 && requester.Peer is not null && _streams.CountFor(requester) >= Limits.MaxStreamsPerPeer)
            return $"you already have as many streams here as the limit for one peer allows: {Limits.MaxStreamsPerPeer}";
        return Limits.MaxStreamsPerAddress > 0 && _streams.CountFor(requester.WithoutPeer()) >= Limits.MaxStreamsPerAddress
            ? $"your address already has as many streams here as the limit for one address allows: {Limits.MaxStreamsPerAddress}"
            : null;
    }

    // A requester keeps its stream when the limits are lowered. Its next stream has to fit only if that stream needs a higher rate than the
    // previous one, or if only one of the two is a download.
    private string? NoRoom(StreamClaim claim, WaitingList.Wanted before, StreamClaim? replaced, bool isEntitled)
    {
        if (replaced is not null && replaced.IsDownload == claim.IsDownload && replaced.RealTimeRate >= claim.RealTimeRate)
            return null;
        if (replaced is null && !isEntitled && IsFull(before.Streams))
            return IsFull(0)
                ? _settings.MaxStreams == 1 ? "the only stream is taken" : $"all {_settings.MaxStreams} streams are taken"
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
            return Refuse(claim, now, $"{reason}, and the queue is full (requesters in it: {_queue.Count})", Limits.BusyRetryLongest);
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

        _queue.Keep(claim, now + retryAfter + Limits.SlotHold, now + retryAfter + Limits.QueuePlaceGrace);
        return refusal with { QueuePlace = place };
    }

    private bool HasAllPlacesOfAPeer(RequesterKey requester) =>
        requester.Peer is not null && Limits.MaxStreamsPerPeer > 0 && _queue.PlacesOf(requester) >= Limits.MaxStreamsPerPeer;

    // The first requester in the queue asks often, so that freed capacity does not stay unused. Each requester behind it has to wait for
    // one more stream to end.
    private TimeSpan Estimate(int place)
    {
        var estimate = _settings.BusyRetryAfter + ((place - 1) * (_meanInterval ?? _settings.BusyRetryAfter));
        return estimate < Limits.BusyRetryLongest ? estimate : Longest;
    }

    private TimeSpan Longest => Limits.BusyRetryLongest > _settings.BusyRetryAfter ? Limits.BusyRetryLongest : _settings.BusyRetryAfter;

    private AdmissionRefusal Refuse(StreamClaim claim, TimeSpan now, string reason, TimeSpan retryAfter)
    {
        var early = _ledger.TimeTooEarly(claim, now);
        if (early > TimeSpan.Zero && _ledger.Strike(claim.Requester) > Limits.MaxEarlyRequests)
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
