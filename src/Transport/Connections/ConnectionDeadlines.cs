namespace TspActors.Transport.Connections;

/// <summary>The deadline that is due on a connection.</summary>
internal enum Due
{
    Nothing,

    /// <summary>The remote end was silent for a heartbeat interval, so a PING must be sent.</summary>
    Ping,

    /// <summary>The first frame did not arrive in time.</summary>
    FirstFrame,

    /// <summary>The connection carried nothing but PING and PONG for as long as the idle timeout.</summary>
    Idle,

    /// <summary>A frame that had begun was not completed in time.</summary>
    Frame,

    /// <summary>A frame that had begun waited too long for memory.</summary>
    NoRoom,

    /// <summary>The remote end was silent for three heartbeat intervals.</summary>
    Silent,

    /// <summary>The remote end accepted no data for too long.</summary>
    StalledWriter,

    /// <summary>The session took too long to answer the frames that came before a violation.</summary>
    Violation,

    /// <summary>The close made no progress for too long.</summary>
    Close,
}

/// <summary>
/// All deadlines of one connection. The times of the events that the connection reports determine what is due now and when to
/// check again.
/// </summary>
/// <remarks>Times are readings of one monotonic clock. The remote end's silence counts only while this side is reading.</remarks>
internal sealed class ConnectionDeadlines(TransportSettings settings, bool incoming)
{
    private const int IntervalsUntilSilent = 3;

    // The operating system reports one write at a time, and a write over a slow line can take longer than the timeout.
    private const int StalledTimeoutsPerWrite = 4;

    // 45 s by default. A peer waits a minute for the reply to a share.
    private const int RoomTimeouts = 9;

    private static readonly (TimeSpan At, Due Due) Never = (TimeSpan.MaxValue, Due.Nothing);

    private TimeSpan? _firstReadAt;
    private TimeSpan? _readingSince;
    private TimeSpan _heardAt;
    private TimeSpan _frameAt;
    private TimeSpan _writeAt;
    private TimeSpan? _stalledSince;
    private TimeSpan? _onlyPingsSince;
    private TimeSpan? _frameBegunAt;
    private TimeSpan? _roomAwaitedSince;
    private TimeSpan _roomMovedAt;
    private TimeSpan _pingedAt;
    private TimeSpan? _restingSince;
    private TimeSpan? _inputEndedAt;
    private TimeSpan? _violationAt;
    private TimeSpan? _closingAt;
    private TimeSpan _closeBegunAt;
    private TimeSpan _movedAt;
    private TimeSpan? _keepAlive;
    private bool _hadFrame;
    private bool _silenceAllowed;
    private int _pings;

    /// <summary>True after <see cref="Stop"/>.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Records that a read has started.</summary>
    public void ReadStarted(TimeSpan now)
    {
        _roomAwaitedSince = null;
        _restingSince = null;
        if (_readingSince is not null)
            return;
        _firstReadAt ??= now;
        _readingSince = now;
        _pings = 0;
    }

    /// <summary>Records that reading waits inside a large body, because the connection rests.</summary>
    public void Resting(TimeSpan now)
    {
        _readingSince = null;
        _roomAwaitedSince = null;
        _restingSince ??= now;
    }

    /// <summary>Records that reading has paused because the connection is open but the session has not requested any frames yet.</summary>
    public void ReadPaused() => _readingSince = null;

    /// <summary>Records that bytes were read. If they completed any frames, reading now waits for the session.</summary>
    /// <param name="now">The time.</param>
    /// <param name="frames">Whether the bytes completed any frames.</param>
    /// <param name="onlyPings">Whether all these frames were PING or PONG, which do not keep a connection without a heartbeat open.</param>
    public void Heard(TimeSpan now, bool frames, bool onlyPings = false)
    {
        _heardAt = now;
        _pings = 0;
        if (!frames)
            return;
        _onlyPingsSince = onlyPings ? _onlyPingsSince ?? Max(_readingSince ?? now, Max(_frameAt, TakenAt)) : null;
        _frameAt = now;
        _hadFrame = true;
        _readingSince = null;
    }

    /// <summary>Records whether the bytes read so far end inside a frame or between two frames.</summary>
    public void InFrame(TimeSpan now, bool isInFrame) => _frameBegunAt = isInFrame ? _frameBegunAt ?? now : null;

    /// <summary>Records that reading waits until there is room for the frame that has begun.</summary>
    public void RoomAwaited(TimeSpan now)
    {
        _readingSince = null;
        _restingSince = null;
        if (_roomAwaitedSince is null)
            _roomAwaitedSince = _roomMovedAt = now;
    }

    /// <summary>
    /// Extends the wait for room, because other large bodies are making progress. Returns false if the wait has been too long in total.
    /// </summary>
    public bool TryExtendRoom(TimeSpan now)
    {
        if (now - _roomAwaitedSince >= RoomTimeouts * settings.ReceivingTimeout)
            return false;
        _roomMovedAt = now;
        return true;
    }

    /// <summary>Records that bytes were handed to the socket.</summary>
    public void Wrote(TimeSpan now)
    {
        _writeAt = now;
        _stalledSince ??= now;
    }

    /// <summary>Records that the socket accepted bytes.</summary>
    public void Accepted(TimeSpan now, bool allAccepted)
    {
        _writeAt = now;
        _stalledSince = allAccepted ? null : now;
        if (_closingAt is not null)
            _closingAt = now;
    }

    /// <summary>Records that the remote end will send nothing more.</summary>
    public void InputEnded(TimeSpan now) => _inputEndedAt = now;

    /// <summary>Starts the heartbeat.</summary>
    public void KeepAlive(TimeSpan now, TimeSpan interval)
    {
        _keepAlive = interval;
        RestartSilence(now);
    }

    /// <summary>Sets whether the remote end may be silent.</summary>
    public void AllowSilence(TimeSpan now, bool allowed)
    {
        _silenceAllowed = allowed;
        RestartSilence(now);
    }

    /// <summary>Records that the session has received frames that came before a violation, and must answer them first.</summary>
    public void ViolationHeld(TimeSpan now) => _violationAt = now;

    /// <summary>Records that there is no longer a violation, because new rules allow the frame.</summary>
    public void ViolationLifted() => _violationAt = null;

    /// <summary>Records that the close has begun. From now on, only the close has a deadline.</summary>
    public void CloseBegun(TimeSpan now) => _closingAt = _closeBegunAt = now;

    /// <summary>
    /// Records that the remote end is still receiving bytes that the operating system has accepted, although the close or the idle timeout
    /// is due. Returns false if the remote end must not take any longer.
    /// </summary>
    public bool TryExtend(TimeSpan now)
    {
        if (now - (_closingAt is null ? _writeAt : _closeBegunAt) >= settings.MaxCloseTime)
            return false;
        if (_closingAt is not null)
            _closingAt = now;
        _movedAt = now;
        _onlyPingsSince = null;
        return true;
    }

    /// <summary>
    /// Records that the remote end is still receiving bytes, although the operating system has accepted none from this program for so long
    /// that it counts as stalled. Returns false if the remote end must not take any longer.
    /// </summary>
    public bool TryExtendWriter(TimeSpan now)
    {
        if (now - _writeAt >= StalledTimeoutsPerWrite * settings.StalledWriterTimeout)
            return false;
        _stalledSince = now;
        return true;
    }

    /// <summary>Cancels all deadlines because the socket has been aborted or is gone.</summary>
    public void Stop() => IsStopped = true;

    /// <summary>Returns the deadline that is due at <paramref name="now"/>. The caller acts on it and checks again.</summary>
    public Due Check(TimeSpan now)
    {
        var (at, due) = Earliest();
        if (now < at)
            return Due.Nothing;
        if (due == Due.Ping)
            (_pings, _pingedAt) = (_pings + 1, now);
        return due;
    }

    /// <summary>The time of the next deadline, or null if there is none.</summary>
    public TimeSpan? Next => !IsStopped && Earliest() is { Due: not Due.Nothing } earliest ? earliest.At : null;

    // When the socket or the remote end last accepted bytes.
    private TimeSpan TakenAt => Max(_writeAt, _movedAt);

    private (TimeSpan At, Due Due) Earliest()
    {
        if (_closingAt is { } closing)
            return (Min(closing + settings.CloseTimeout, _closeBegunAt + settings.MaxCloseTime), Due.Close);
        if (_violationAt is { } violation)
            return (violation + settings.CloseTimeout, Due.Violation);

        var silence = _roomAwaitedSince is { } room ? AwaitingRoom(room) : Silence();
        return _stalledSince is { } stalled && stalled + settings.StalledWriterTimeout <= silence.At
            ? (stalled + settings.StalledWriterTimeout, Due.StalledWriter)
            : silence;
    }

    // The wait may be long if many large frames arrive. Until it is over, PINGs tell the remote end that this side is alive.
    private (TimeSpan At, Due Due) AwaitingRoom(TimeSpan since)
    {
        var noRoom = _roomMovedAt + settings.ReceivingTimeout;
        return _keepAlive is { } interval && Max(since, _pingedAt) + interval is var ping && ping < noRoom
            ? (ping, Due.Ping)
            : (noRoom, Due.NoRoom);
    }

    private (TimeSpan At, Due Due) Silence()
    {
        // A half-closed connection lives as long as the session keeps writing. A PING would be pointless: the remote end cannot answer.
        if (_inputEndedAt is { } ended)
            return _stalledSince is null ? (Max(ended, TakenAt) + settings.IdleTimeout, Due.Idle) : Never;
        if (_readingSince is not { } reading)
            return _restingSince is { } rest && _keepAlive is { } pause ? (Max(rest, _pingedAt) + pause, Due.Ping) : Never;
        if (incoming && !_hadFrame)
            return ((_firstReadAt ?? reading) + settings.FirstFrameTimeout, Due.FirstFrame);

        var silence = SilenceBetweenFrames(reading);
        return incoming && _frameBegunAt is { } begun && Max(begun, reading) + settings.FrameTimeout is var frame && frame < silence.At
            ? (frame, Due.Frame)
            : silence;
    }

    private (TimeSpan At, Due Due) SilenceBetweenFrames(TimeSpan reading)
    {
        if (_silenceAllowed)
            return Never;
        if (_keepAlive is { } interval)
        {
            var intervals = _pings + 1;
            return (Max(reading, _heardAt) + (intervals * interval), intervals < IntervalsUntilSilent ? Due.Ping : Due.Silent);
        }

        // A connection with unsent bytes is not idle. The stalled-writer deadline covers that case.
        return incoming && _stalledSince is null
            ? ((_onlyPingsSince ?? Max(reading, Max(_frameAt, TakenAt))) + settings.IdleTimeout, Due.Idle)
            : Never;
    }

    private void RestartSilence(TimeSpan now)
    {
        _pings = 0;
        if (_readingSince is not null)
            _readingSince = now;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
