using System.Collections.Immutable;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using ByteString = Akka.IO.ByteString;

namespace TspActors.Transport.Connections;

/// <summary>The state of a connection's input.</summary>
internal enum InputState
{
    /// <summary>The session has not requested more frames.</summary>
    Held,

    /// <summary>The session has requested more frames, but there is no room yet for the frame that has begun.</summary>
    AwaitingRoom,

    /// <summary>The session has requested more frames, but the connection rests before it reads the large body that has begun.</summary>
    Resting,

    /// <summary>A read is in progress.</summary>
    Reading,

    /// <summary>The remote end has closed its sending side.</summary>
    Ended,
}

/// <summary>The step that follows a read.</summary>
internal enum InputStep
{
    /// <summary>The session has frames to handle, after which it requests more.</summary>
    AwaitSession,

    /// <summary>No frame is complete, so the connection reads on.</summary>
    ReadOn,

    /// <summary>The remote end broke the protocol, and no earlier frame remains to be answered.</summary>
    Refuse,
}

/// <summary>
/// The receiving side of a connection: turns bytes, plain or encrypted, into frames, and determines the step after each read.
/// </summary>
internal sealed class ConnectionInput(BodyRules bodies, ConnectionDeadlines deadlines)
{
    private readonly FrameReader _reader = new(bodies);

    /// <summary>The state of the input.</summary>
    public InputState State { get; private set; }

    /// <summary>The TLS layer; null = plain.</summary>
    public TlsLink? Tls { get; set; }

    /// <summary>True if a read may begin.</summary>
    public bool CanRead => State is InputState.Held or InputState.AwaitingRoom or InputState.Resting;

    /// <summary>How the remote end broke the protocol, or null.</summary>
    public ProtocolViolation? Violation => _reader.Violation;

    /// <summary>The full length of the incomplete body that is being gathered; 0 if there is none.</summary>
    public int GatheredLength => _reader.GatheredLength;

    /// <summary>Whether the input so far ends between two frames.</summary>
    public bool IsAtFrameBoundary => _reader.IsAtFrameBoundary;

    /// <summary>True if bytes that have already arrived are still unread (<see cref="FrameReader.HasInput"/>).</summary>
    public bool HasInput => _reader.HasInput;

    /// <summary>How many bytes of the incomplete body that is being gathered have not arrived yet.</summary>
    public int MissingLength => _reader.MissingLength;

    /// <summary>True if a frame has begun, so the next bytes belong to that frame.</summary>
    public bool HasFrameBegun => _reader.HasFrameBegun;

    /// <summary>Removes and returns the bytes that were read after the last frame.</summary>
    public ReadOnlyMemory<byte> TakeRest()
    {
        deadlines.InFrame(DeadlineTimer.Now, isInFrame: false);
        return _reader.TakeRest();
    }

    /// <summary>Returns the bytes of a plain read, which are not frames.</summary>
    public ReadOnlyMemory<byte> Extract(ByteString data) => _reader.Extract(data);

    /// <summary>Decrypts the next bytes, which are not frames.</summary>
    public TlsReadResult DecryptRaw(out ReadOnlyMemory<byte> bytes) => Tls!.Read(out bytes);

    /// <summary>Records that a read has begun.</summary>
    public void Start(TimeSpan now)
    {
        State = InputState.Reading;
        deadlines.ReadStarted(now);
    }

    /// <summary>Records that a read has to wait for room.</summary>
    public void AwaitRoom(TimeSpan now)
    {
        State = InputState.AwaitingRoom;
        deadlines.RoomAwaited(now);
    }

    /// <summary>Records that a read has to wait until the connection has rested.</summary>
    public void Rest(TimeSpan now)
    {
        State = InputState.Resting;
        deadlines.Resting(now);
    }

    /// <summary>Records that no read is in progress.</summary>
    public void Hold() => State = InputState.Held;

    /// <summary>Records that the remote end has closed its sending side.</summary>
    public void End() => State = InputState.Ended;

    /// <summary>Prepares to drop the input. With TLS, the socket's input ends later than the session's: FIN follows close_notify.</summary>
    public void Drop()
    {
        if (Tls is not null && State != InputState.Reading)
            State = Tls.HasSocketEnded ? InputState.Ended : InputState.Held;
    }

    /// <summary>Gives up an incomplete body. Nothing can be read any more.</summary>
    public void Release() => _reader.Release();

    /// <summary>Supplies bytes for a later <see cref="ReadOn"/>.</summary>
    public void Feed(ByteString data) => _reader.Feed(data);

    /// <summary>Returns the frames that a plain read completes.</summary>
    public ImmutableArray<Frame> Read(ByteString data) => _reader.Read(data);

    /// <summary>Decrypts the next bytes.</summary>
    /// <param name="frames">The frames that the bytes complete.</param>
    public TlsReadResult Decrypt(out ImmutableArray<Frame> frames)
    {
        var result = Tls!.Read(out var bytes);
        frames = result == TlsReadResult.Bytes ? _reader.Read(bytes) : [];
        return result;
    }

    /// <summary>Returns the frames in the bytes that have already been read.</summary>
    public ImmutableArray<Frame> ReadOn() => _reader.ReadOn();

    /// <summary>
    /// Changes which bodies are accepted. A frame that the old rules refused may be read at the next <see cref="ReadOn"/>.
    /// </summary>
    public void Use(BodyRules rules)
    {
        _reader.Use(rules);
        if (_reader.Violation is null)
            deadlines.ViolationLifted();
    }

    /// <summary>Returns the step after a read that has completed these frames.</summary>
    public InputStep Next(ImmutableArray<Frame> frames, TimeSpan now)
    {
        deadlines.Heard(now, frames.Length > 0, IsOnlyPings(frames));
        deadlines.InFrame(now, !_reader.IsAtFrameBoundary);
        if (_reader.Violation is null)
            return frames.Length > 0 ? InputStep.AwaitSession : InputStep.ReadOn;
        if (frames.Length == 0)
            return InputStep.Refuse;
        // The session answers the frames before the violation first. Its next ReadMore means that it has done so.
        deadlines.ViolationHeld(now);
        return InputStep.AwaitSession;
    }

    private static bool IsOnlyPings(ImmutableArray<Frame> frames)
    {
        foreach (var frame in frames)
        {
            if (frame.Operation is not (Operation.Ping or Operation.Pong))
                return false;
        }

        return true;
    }
}
