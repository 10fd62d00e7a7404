namespace TspActors.Peer.Listening;

/// <summary>How far a song is on its way into its sink, and what the sink must do next: one thing at a time.</summary>
/// <param name="sink">The first sink.</param>
/// <param name="offset">First payload byte wanted.</param>
internal sealed class FetchProgress(ISongSink sink, long offset)
{
    private readonly Queue<ReadOnlyMemory<byte>> _unwritten = new();
    private bool _isSinkBusy;
    private bool _isReceiverWaiting;

    /// <summary>The number of the last seek. Results of work that began before it are dropped.</summary>
    public Epoch Epoch { get; private set; }

    /// <summary>Where the bytes go.</summary>
    public ISongSink Sink { get; private set; } = sink;

    /// <summary>Payload bytes that have arrived, counted from the start of the song.</summary>
    public long Received { get; private set; } = offset;

    /// <summary>Nothing more will arrive: the sink completes once everything is written.</summary>
    public bool IsAllHere { get; private set; }

    /// <summary>Adds proven bytes, and remembers that the receiver waits before it reads on.</summary>
    public void Add(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        foreach (var piece in pieces)
        {
            Received += piece.Length;
            _unwritten.Enqueue(piece);
        }

        _isReceiverWaiting = true;
    }

    /// <summary>Notes that the last byte has arrived.</summary>
    public void AllArrived() => IsAllHere = true;

    /// <summary>Returns what must be done now. The sink is busy with it until <see cref="StepDone"/>.</summary>
    public SinkStep NextStep()
    {
        if (_isSinkBusy)
            return SinkStep.Wait;
        if (_unwritten.TryDequeue(out var piece))
        {
            _isSinkBusy = true;
            return new SinkStep(SinkStepKind.Write, piece);
        }

        if (IsAllHere)
        {
            _isSinkBusy = true;
            return new SinkStep(SinkStepKind.Complete);
        }

        if (!_isReceiverWaiting)
            return SinkStep.Wait;
        _isReceiverWaiting = false;
        return new SinkStep(SinkStepKind.ReadOn);
    }

    /// <summary>Keeps the sink busy with something other than a step.</summary>
    public void BeginWork() => _isSinkBusy = true;

    /// <summary>Notes that the sink has done what it was busy with.</summary>
    public void StepDone() => _isSinkBusy = false;

    /// <summary>Notes that another receiver delivers from now on, which does not wait for anything.</summary>
    public void ReceiverChanged() => _isReceiverWaiting = false;

    /// <summary>Begins the next epoch: from another byte, into another sink.</summary>
    public void Seek(long to, ISongSink into)
    {
        Epoch = Epoch.Next;
        Sink = into;
        _isSinkBusy = false;
        GoTo(to);
    }

    /// <summary>Counts from another byte, and drops what is not written yet.</summary>
    public void GoTo(long received)
    {
        _unwritten.Clear();
        _isReceiverWaiting = false;
        IsAllHere = false;
        Received = received;
    }
}

/// <summary>What a <see cref="FetchProgress"/> wants done.</summary>
/// <param name="Kind">The step.</param>
/// <param name="Piece">The bytes to be written.</param>
internal readonly record struct SinkStep(SinkStepKind Kind, ReadOnlyMemory<byte> Piece = default)
{
    public static readonly SinkStep Wait = new(SinkStepKind.Wait);
}

/// <summary>A kind of <see cref="SinkStep"/>.</summary>
internal enum SinkStepKind
{
    /// <summary>Nothing for now.</summary>
    Wait,

    /// <summary>Write a piece.</summary>
    Write,

    /// <summary>Complete the sink.</summary>
    Complete,

    /// <summary>Let the receiver read on.</summary>
    ReadOn,
}
