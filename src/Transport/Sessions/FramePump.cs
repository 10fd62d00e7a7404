using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Transport.Sessions;

/// <summary>What a session does when it has served the frames that it may serve now.</summary>
public enum PumpStep
{
    /// <summary>Nothing: something holds it up that will be released, or it is closing.</summary>
    Wait,

    /// <summary>Ask the connection for more frames.</summary>
    ReadMore,

    /// <summary>Close the connection: everything that was asked is answered, and nothing more will be served.</summary>
    Close,
}

/// <summary>
/// The skeleton of a session: queues the frames of its connection, and decides when to serve the next one, when to read more and when to
/// close.
/// </summary>
/// <remarks>
/// The session serves <c>while (pump.TryDequeue(out var frame))</c>, and then does what <see cref="NextStep"/> says. Not thread-safe: it is
/// the session's alone.
/// </remarks>
public sealed class FramePump
{
    private readonly Queue<Frame> _frames = new();
    private ReadGate _gate;
    private bool _inputEnded;

    /// <summary>Whether frames wait to be served.</summary>
    public bool HasFrames => _frames.Count > 0;

    /// <summary>Whether the program goes down.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>What holds the session up.</summary>
    public ReadGate Gate => _gate;

    /// <summary>Adds the frames that one read brought.</summary>
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

    /// <summary>Takes the next frame from the queue, if one may be served now.</summary>
    public bool TryDequeue(out Frame frame)
    {
        frame = default;
        return _gate.MayServe && _frames.TryDequeue(out frame);
    }

    /// <summary>Whether the frame behind the one that is being served is of this operation.</summary>
    public bool IsFollowedBy(Operation operation) => _frames.TryPeek(out var next) && next.Operation == operation;

    /// <summary>Holds the session up, until <see cref="Release"/>.</summary>
    public void Hold(HoldReasons reason) => _gate = _gate.Hold(reason);

    /// <summary>Holds the session up no longer for that reason.</summary>
    public void Release(HoldReasons reason) => _gate = _gate.Release(reason);

    /// <summary>The remote end sends no more: the session ends when it has served what came before.</summary>
    public void EndInput() => _inputEnded = true;

    /// <summary>The program goes down: the session ends as soon as it has nothing to serve.</summary>
    public void Drain() => IsDraining = true;

    /// <summary>The session closes its connection: frames that wait are dropped.</summary>
    public void Close()
    {
        Hold(HoldReasons.Closing);
        _frames.Clear();
    }

    /// <summary>Decides what comes next, when no frame is left that may be served now.</summary>
    /// <param name="isBusy">Whether the session still has something to send of its own accord, a stream say, so that it must not end
    ///   yet.</param>
    public PumpStep NextStep(bool isBusy = false)
    {
        if ((_inputEnded || IsDraining) && !isBusy && _frames.Count == 0 && _gate.MayEnd)
            return PumpStep.Close;
        return _gate.MayRead && !_inputEnded ? PumpStep.ReadMore : PumpStep.Wait;
    }
}
