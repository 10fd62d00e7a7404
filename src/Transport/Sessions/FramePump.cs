using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Transport.Sessions;

/// <summary>The next step of a session that has served every frame that it may serve now.</summary>
public enum PumpStep
{
    /// <summary>Do nothing: a hold will be released later, the session is still sending, or it is closing.</summary>
    Wait,

    /// <summary>Ask the connection for more frames.</summary>
    ReadMore,

    /// <summary>Close the connection: every request has been answered, and no more will be served.</summary>
    Close,
}

/// <summary>
/// The frame queue of a session. It decides when to serve the next frame, when to read more and when to close.
/// </summary>
/// <remarks>
/// The session serves frames <c>while (pump.TryDequeue(out var frame))</c>, and then takes the step that <see cref="NextStep"/> returns.
/// Not thread-safe: only the session uses it.
/// </remarks>
public sealed class FramePump
{
    private readonly Queue<Frame> _frames = new();
    private ReadGate _gate;
    private bool _inputEnded;

    /// <summary>Whether frames are waiting to be served.</summary>
    public bool HasFrames => _frames.Count > 0;

    /// <summary>Whether the program is shutting down.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>The holds on the session, which decide what it may do.</summary>
    public ReadGate Gate => _gate;

    /// <summary>Adds the frames of one read.</summary>
    public void Enqueue(ImmutableArray<Frame> frames)
    {
        foreach (var frame in frames)
            _frames.Enqueue(frame);
    }

    /// <summary>Returns the next frame, if one may be served now, and leaves it in the queue.</summary>
    public bool TryPeek(out Frame frame)
    {
        frame = default;
        return _gate.MayServe && _frames.TryPeek(out frame);
    }

    /// <summary>Removes and returns the next frame, if one may be served now.</summary>
    public bool TryDequeue(out Frame frame)
    {
        frame = default;
        return _gate.MayServe && _frames.TryDequeue(out frame);
    }

    /// <summary>Returns whether the next frame in the queue has this operation.</summary>
    public bool IsFollowedBy(Operation operation) => _frames.TryPeek(out var next) && next.Operation == operation;

    /// <summary>
    /// Adds a hold for this reason, until <see cref="Release"/>. The reason decides whether the session stops serving or only stops
    /// reading.
    /// </summary>
    public void Hold(HoldReasons reason) => _gate = _gate.Hold(reason);

    /// <summary>Releases the hold for this reason.</summary>
    public void Release(HoldReasons reason) => _gate = _gate.Release(reason);

    /// <summary>
    /// Records that the remote end will send no more frames. The session ends when it has served the frames in the queue.
    /// </summary>
    public void EndInput() => _inputEnded = true;

    /// <summary>Records that the program is shutting down. The session ends as soon as it has nothing to serve.</summary>
    public void Drain() => IsDraining = true;

    /// <summary>Records that the session is closing its connection, and drops the waiting frames.</summary>
    public void Close()
    {
        Hold(HoldReasons.Closing);
        _frames.Clear();
    }

    /// <summary>Returns the session's next step. Call it when <see cref="TryDequeue"/> returns no more frames.</summary>
    /// <param name="isBusy">Whether the session is still sending something of its own, such as a stream, and so must not end yet.</param>
    public PumpStep NextStep(bool isBusy = false)
    {
        if ((_inputEnded || IsDraining) && !isBusy && _frames.Count == 0 && _gate.MayEnd)
            return PumpStep.Close;
        return _gate.MayRead && !_inputEnded ? PumpStep.ReadMore : PumpStep.Wait;
    }
}
