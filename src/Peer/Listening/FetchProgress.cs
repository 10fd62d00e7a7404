namespace TspActors.Peer.Listening;

/// <summary>Tracks how much of one song has been fetched into its sink, and chooses the sink's next step.</summary>
/// <param name="sink">The first sink.</param>
/// <param name="offset">The first payload byte to fetch.</param>
internal sealed class FetchProgress(ISongSink sink, long offset)
{
    private readonly Queue<ReadOnlyMemory<byte>> _unwritten = new();
    private bool _isSinkBusy;
    private bool _isReceiverWaiting;

    /// <summary>The epoch of the last seek. Results from earlier epochs are dropped.</summary>
    public Epoch Epoch { get; private set; }

    /// <summary>The sink that receives the bytes.</summary>
    public ISongSink Sink { get; private set; } = sink;

    /// <summary>How much of the song has arrived, as a payload offset.</summary>
    public long Received { get; private set; } = offset;

    /// <summary>Whether the sink is writing.</summary>
    public bool IsSinkBusy => _isSinkBusy;

    /// <summary>Whether the last byte has arrived. The sink is completed once everything is written.</summary>
    public bool HasAllBytes { get; private set; }

    /// <summary>Adds verified bytes. The receiver waits until they are written.</summary>
    public void Add(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        foreach (var piece in pieces)
        {
            Received += piece.Length;
            _unwritten.Enqueue(piece);
        }

        _isReceiverWaiting = true;
    }

    /// <summary>Records that the last byte has arrived.</summary>
    public void AllArrived() => HasAllBytes = true;

    /// <summary>
    /// Returns the next step. The sink is busy with a write or a completion until <see cref="StepDone"/> or <see cref="Seek"/>.
    /// </summary>
    public SinkStep NextStep()
    {
        if (_isSinkBusy)
            return SinkStep.Wait;
        if (_unwritten.TryDequeue(out var piece))
        {
            _isSinkBusy = true;
            return new SinkStep(SinkStepKind.Write, piece);
        }

        if (HasAllBytes)
        {
            _isSinkBusy = true;
            return new SinkStep(SinkStepKind.Complete);
        }

        if (!_isReceiverWaiting)
            return SinkStep.Wait;
        _isReceiverWaiting = false;
        return new SinkStep(SinkStepKind.ReadOn);
    }

    /// <summary>Marks the sink as busy with work that is not a step.</summary>
    public void BeginWork() => _isSinkBusy = true;

    /// <summary>Records that the sink has finished its current work.</summary>
    public void StepDone() => _isSinkBusy = false;

    /// <summary>Records that another receiver will deliver the bytes from now on. The new receiver is not waiting for the sink.</summary>
    public void ReceiverChanged() => _isReceiverWaiting = false;

    /// <summary>Begins the next epoch at a different offset, with a different sink.</summary>
    public void Seek(long to, ISongSink into)
    {
        Epoch = Epoch.Next();
        Sink = into;
        _isSinkBusy = false;
        GoTo(to);
    }

    /// <summary>Drops unwritten bytes and continues from a different offset.</summary>
    public void GoTo(long received)
    {
        _unwritten.Clear();
        _isReceiverWaiting = false;
        HasAllBytes = false;
        Received = received;
    }
}

/// <summary>A step that <see cref="FetchProgress"/> chose.</summary>
/// <param name="Kind">The kind of step.</param>
/// <param name="Piece">The bytes to write; empty unless the step is a write.</param>
internal readonly record struct SinkStep(SinkStepKind Kind, ReadOnlyMemory<byte> Piece = default)
{
    public static readonly SinkStep Wait = new(SinkStepKind.Wait);
}

/// <summary>The kinds of <see cref="SinkStep"/>.</summary>
internal enum SinkStepKind
{
    /// <summary>Do nothing for now.</summary>
    Wait,

    /// <summary>Write a piece.</summary>
    Write,

    /// <summary>Complete the sink.</summary>
    Complete,

    /// <summary>Tell the receiver to continue reading.</summary>
    ReadOn,
}
