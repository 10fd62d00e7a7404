namespace TspActors.Peer.Hosting.Streams;

/// <summary>What a stream does next.</summary>
internal enum StreamAction
{
    /// <summary>Nothing, until something that it waits for happens: a read, room in the window, an upload grant, or its wake-up.</summary>
    Wait,

    /// <summary>Wait for the socket, while the listener may soon run dry.</summary>
    WaitBehind,

    /// <summary>Be woken in <see cref="StreamStep.Delay"/>.</summary>
    Sleep,

    /// <summary>Ask for an upload grant of <see cref="StreamStep.Length"/> bytes.</summary>
    AskUpload,

    /// <summary>
    /// Let streams at real time go first, where there are any that need it; then say whether that was so (<see cref="StreamPump.Yield"/>).
    /// </summary>
    OfferTurn,

    /// <summary>Read <see cref="StreamStep.Length"/> bytes of the song at <see cref="StreamStep.Offset"/>.</summary>
    Read,

    /// <summary>Everything is sent: end the stream.</summary>
    End,
}

/// <summary>The next step of a stream.</summary>
/// <param name="Action">What to do.</param>
/// <param name="Delay">With <see cref="StreamAction.Sleep"/>: for how long.</param>
/// <param name="Offset">With <see cref="StreamAction.Read"/>: where in the payload.</param>
/// <param name="Length">With <see cref="StreamAction.Read"/> and <see cref="StreamAction.AskUpload"/>: how many bytes.</param>
internal readonly record struct StreamStep(StreamAction Action, TimeSpan Delay = default, long Offset = 0, int Length = 0);

/// <summary>The decisions of a stream's chunk loop: what to read next, when it may be sent, and when the stream is over.</summary>
/// <remarks>
/// A chunk goes when the window has room, the pacer lets it, and, under an upload limit, it was granted; without a limit a stream at full
/// speed first offers its turn to streams at real time, once for each chunk, so that it gets on however busy the host is. Times are elapsed
/// times since the stream began.
/// </remarks>
/// <param name="payloadBytes">Bytes of the song.</param>
/// <param name="offset">Where the stream begins.</param>
/// <param name="chunkBytes">Bytes of a chunk.</param>
/// <param name="window">Chunks that may be on their way at once.</param>
/// <param name="isRealTime">Whether it goes at the pace of the song; then chunks are cut at the same places for all listeners, wherever
///   they began.</param>
/// <param name="pacer">The pace.</param>
internal sealed class StreamPump(long payloadBytes, long offset, int chunkBytes, int window, bool isRealTime, Pacer pacer)
{
    // Under an upload limit a larger chunk would take longer than listeners wait for the next one.
    private const int LimitedChunkBytes = 64 * 1024;

    private long _next = offset;
    private int _inFlight;
    private bool _isReading;
    private bool _isLimited;
    private GrantState _grant;
    private TurnState _turn;

    private enum GrantState
    {
        None,
        Asked,
        Granted,
    }

    private enum TurnState
    {
        // The next chunk has not offered its turn.
        NotOffered,

        // Others go first; a wake-up ends it.
        Yielding,

        // It is this stream's turn, whether others were first or not.
        Own,
    }

    /// <summary>Whether the socket has taken every chunk.</summary>
    public bool IsDrained => _inFlight == 0;

    /// <summary>Decides the next step. After <see cref="StreamAction.Read"/> the stream waits for <see cref="Advance"/>.</summary>
    public StreamStep Next(TimeSpan elapsed)
    {
        if (_isReading)
            return new StreamStep(StreamAction.Wait);
        if (_inFlight >= window)
            return new StreamStep(pacer.IsBehind(elapsed) ? StreamAction.WaitBehind : StreamAction.Wait);
        if (_next >= payloadBytes)
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

    /// <summary>Returns the bytes at the start of a chunk that this stream does not send, because it began in its middle.</summary>
    public int SkipIn(long chunkOffset) => (int)(_next - chunkOffset);

    /// <summary>The bytes that were read are on their way to the socket.</summary>
    /// <param name="bytes">How many are sent.</param>
    /// <param name="audio">How long they sound.</param>
    /// <param name="elapsed">The time.</param>
    public void Advance(int bytes, TimeSpan audio, TimeSpan elapsed)
    {
        _isReading = false;
        _inFlight++;
        _next += bytes;
        pacer.Sent(audio, elapsed);
    }

    /// <summary>The socket has taken a chunk.</summary>
    public void Taken() => _inFlight--;

    /// <summary>The reply to <see cref="StreamAction.OfferTurn"/>: whether others go first.</summary>
    public void Yield(bool othersFirst) => _turn = othersFirst ? TurnState.Yielding : TurnState.Own;

    /// <summary>The stream was woken: it is time for the next chunk, or the others had their turn.</summary>
    public void WakeUp()
    {
        if (_turn == TurnState.Yielding)
            _turn = TurnState.Own;
    }

    /// <summary>The upload that was asked for is granted.</summary>
    public void Grant() => _grant = GrantState.Granted;

    /// <summary>The upload is limited from now on, or no longer.</summary>
    public void Limit(bool isLimited) => _isLimited = isLimited;

    private StreamStep AwaitGrant(int bytes)
    {
        if (_grant == GrantState.Asked)
            return new StreamStep(StreamAction.Wait);
        _grant = GrantState.Asked;
        return new StreamStep(StreamAction.AskUpload, Length: bytes);
    }

    private (long Offset, int Length) NextChunk()
    {
        var size = _isLimited && !isRealTime ? Math.Min(chunkBytes, LimitedChunkBytes) : chunkBytes;
        var at = isRealTime ? _next / size * size : _next;
        return (at, (int)Math.Min(size, payloadBytes - at));
    }
}
