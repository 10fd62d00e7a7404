namespace TspActors.Peer.Hosting.Streams;

/// <summary>The possible next steps of a stream.</summary>
internal enum StreamAction
{
    /// <summary>Wait for an event: a finished read, space in the window, an upload grant, or a wake-up.</summary>
    Wait,

    /// <summary>Wait for the socket, and report that the listener may soon run dry.</summary>
    WaitBehind,

    /// <summary>Sleep for <see cref="StreamStep.Delay"/>.</summary>
    Sleep,

    /// <summary>Ask for an upload grant of <see cref="StreamStep.Length"/> bytes.</summary>
    AskUpload,

    /// <summary>Let real-time streams go first if they need to, and report the outcome with <see cref="StreamPump.Yield"/>.</summary>
    OfferTurn,

    /// <summary>Read <see cref="StreamStep.Length"/> bytes of the song at <see cref="StreamStep.Offset"/>.</summary>
    Read,

    /// <summary>End the stream, because everything has been sent.</summary>
    End,
}

/// <summary>The next step of a stream.</summary>
/// <param name="Action">The action to take.</param>
/// <param name="Delay">The time to sleep; only for <see cref="StreamAction.Sleep"/>.</param>
/// <param name="Offset">The offset in the payload; only for <see cref="StreamAction.Read"/>.</param>
/// <param name="Length">The number of bytes; only for <see cref="StreamAction.Read"/> and <see cref="StreamAction.AskUpload"/>.</param>
internal readonly record struct StreamStep(StreamAction Action, TimeSpan Delay = default, long Offset = 0, int Length = 0);

/// <summary>Makes the decisions for a stream's chunk loop: what to read next, when to send it, and when the stream is over.</summary>
/// <remarks>
/// A chunk is sent when the window has space, the pacer allows it and, under an upload limit, it has been granted. Without a limit, a
/// stream at full speed first offers its turn to real-time streams, but only once per chunk, so that it makes progress however busy
/// the host is. All times are measured from the start of the stream.
/// </remarks>
/// <param name="payloadBytes">The song's length.</param>
/// <param name="offset">The payload offset where the stream begins.</param>
/// <param name="chunkBytes">The length of a chunk.</param>
/// <param name="window">The maximum number of chunks on their way to the socket.</param>
/// <param name="isRealTime">Whether the stream is paced. Its chunks then start at the same offsets for all listeners, even if the listeners
///   started at different offsets.</param>
/// <param name="pacer">Decides the pace of the stream.</param>
/// <param name="length">How many payload bytes the stream sends before it ends; 0 = up to the end of the payload.</param>
internal sealed class StreamPump(
    long payloadBytes, long offset, int chunkBytes, int window, bool isRealTime, Pacer pacer, long length = 0)
{
    // Under an upload limit, a larger chunk could take longer to send than a requester waits for it.
    private const int LimitedChunkBytes = 64 * 1024;

    private readonly long _end = length > 0 && length < payloadBytes - offset ? offset + length : payloadBytes;
    private long _next = offset;
    private int _inFlight;
    private bool _isReading;
    private bool _isLimited;
    private GrantState _grant;
    private TurnState _turn;

    private enum GrantState
    {
        None,
        Requested,
        Granted,
    }

    private enum TurnState
    {
        // The turn for the next chunk has not been offered to other streams.
        NotOffered,

        // Other streams go first, until the next wake-up.
        Yielding,

        // It is this stream's turn, whether or not other streams went first.
        Own,
    }

    /// <summary>Whether the stream needs an upload grant before it sends.</summary>
    public bool IsLimited => _isLimited;

    /// <summary>The number of bytes in the next chunk; 0 at the end of the stream.</summary>
    public int FirstChunkBytes => _next < _end && NextChunk() is var (at, length) ? length - (int)(_next - at) : 0;

    /// <summary>True when the socket has accepted every chunk.</summary>
    public bool IsDrained => _inFlight == 0;

    /// <summary>Decides the next step. After <see cref="StreamAction.Read"/> the stream waits for <see cref="Advance"/>.</summary>
    public StreamStep Next(TimeSpan elapsed)
    {
        if (_isReading)
            return new StreamStep(StreamAction.Wait);
        if (_inFlight >= window)
            return new StreamStep(pacer.IsBehind(elapsed) ? StreamAction.WaitBehind : StreamAction.Wait);
        if (_next >= _end)
            return new StreamStep(StreamAction.End);
        var delay = pacer.Delay(elapsed);
        if (delay > PaceWheel.Slot)
            return new StreamStep(StreamAction.Sleep, delay);

        var (at, length) = NextChunk();
        if (_isLimited && _grant != GrantState.Granted)
            return AwaitGrant(length - (int)(_next - at));
        if (!_isLimited && !isRealTime && _turn != TurnState.Own)
            return new StreamStep(_turn == TurnState.Yielding ? StreamAction.Wait : StreamAction.OfferTurn);

        if (_grant == GrantState.Granted)
            _grant = GrantState.None;
        _turn = TurnState.NotOffered;
        _isReading = true;
        return new StreamStep(StreamAction.Read, default, at, length);
    }

    /// <summary>Returns how many bytes of a chunk to send, after skipping those before the stream's next byte.</summary>
    public int LengthIn(long chunkOffset, int chunkLength) => (int)(Math.Min(chunkOffset + chunkLength, _end) - _next);

    /// <summary>Returns how many bytes to skip at the start of the chunk, because the stream began in the middle of it.</summary>
    public int SkipIn(long chunkOffset) => (int)(_next - chunkOffset);

    /// <summary>Records that bytes have been read and are on their way to the socket.</summary>
    /// <param name="bytes">The number of bytes sent.</param>
    /// <param name="audio">The duration of their audio.</param>
    /// <param name="elapsed">The time since the start of the stream.</param>
    public void Advance(int bytes, TimeSpan audio, TimeSpan elapsed)
    {
        _isReading = false;
        _inFlight++;
        _next += bytes;
        pacer.Sent(audio, elapsed);
    }

    /// <summary>Records that the socket has accepted a chunk.</summary>
    public void ChunkSent() => _inFlight--;

    /// <summary>Applies the outcome of <see cref="StreamAction.OfferTurn"/>: whether other streams go first.</summary>
    public void Yield(bool othersFirst) => _turn = othersFirst ? TurnState.Yielding : TurnState.Own;

    /// <summary>Records a wake-up: the next chunk is due, or the other streams have had their turn.</summary>
    public void WakeUp()
    {
        if (_turn == TurnState.Yielding)
            _turn = TurnState.Own;
    }

    /// <summary>Records the upload grant.</summary>
    public void Grant() => _grant = GrantState.Granted;

    /// <summary>Turns the upload limit on or off.</summary>
    public void Limit(bool isLimited) => _isLimited = isLimited;

    private StreamStep AwaitGrant(int bytes)
    {
        if (_grant == GrantState.Requested)
            return new StreamStep(StreamAction.Wait);
        _grant = GrantState.Requested;
        return new StreamStep(StreamAction.AskUpload, Length: bytes);
    }

    private (long Offset, int Length) NextChunk()
    {
        var size = _isLimited && !isRealTime ? Math.Min(chunkBytes, LimitedChunkBytes) : chunkBytes;
        var at = isRealTime ? _next / size * size : _next;
        return (at, (int)Math.Min(size, payloadBytes - at));
    }
}
