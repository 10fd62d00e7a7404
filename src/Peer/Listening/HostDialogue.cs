using Google.Protobuf;
using TspActors.Media.Hashing;
using TspActors.Protocol;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>
/// The requester's side of one song's stream: builds the frames to send and interprets the host's frames.
/// </summary>
internal sealed class HostDialogue(StreamOrder order) : IHostDialogue
{
    private readonly HostGreeting _greeting = new(order.Requester);
    private readonly StreamChecker _checker = new(order.Song, order.Offset);

    /// <inheritdoc/>
    public byte[]? Hello => _greeting.Hello;

    /// <inheritdoc/>
    public bool HasProven => _checker.HasProven;

    /// <inheritdoc/>
    public void Opened(KeyId? hostKey) => _greeting.Opened(hostKey);

    /// <inheritdoc/>
    public byte[] Request()
    {
        _checker.PlaySent();
        return FrameEncoder.Encode(Operation.Play, order.Song.Id, new PlayRequest
        {
            Offset = (ulong)_checker.PlayOffset,
            Pace = order.Pace,
            RequesterId = UnsafeByteOperations.UnsafeWrap(order.Requester.Peer.ToArray()),
            ContentHash = order.Song.ContentHash,
            WantPieceHashes = true,
        });
    }

    /// <inheritdoc/>
    public bool Seek(long to) => _checker.Seek(to);

    /// <inheritdoc/>
    public IReceiverMessage DequeueArrival(Epoch epoch) => new PiecesArrived(_checker.DequeueProven(), epoch);

    /// <inheritdoc/>
    public FrameMeaning Read(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Data when _checker.IsSuperseded:
                return FrameMeaning.Nothing.Instance;
            case Operation.Data when frame.IsEndOfSong:
                return _checker.End() is { } early ? HostGreeting.Corrupt(early) : FrameMeaning.Ended.Instance;
            case Operation.Data:
                return _checker.Add(frame.Body.Span) is { } wrong ? HostGreeting.Corrupt(wrong)
                    : frame.Body.IsEmpty ? FrameMeaning.Nothing.Instance : FrameMeaning.SongBytes.Instance;
            case Operation.Play when frame.HasBody:
                return Bodies.TryParse<StreamStart>(frame, out var start, out var badStart) ? Begin(start) : HostGreeting.Corrupt(badStart);
            default:
                return _greeting.Read(frame);
        }
    }

    private FrameMeaning Begin(StreamStart start)
    {
        if (_checker.Begin(start, out var tree) is { } fault)
            return HostGreeting.Corrupt(fault);
        if (_checker.NeedsPlay)
            return new FrameMeaning.MustSend(Request());
        return tree is null ? FrameMeaning.Nothing.Instance : new FrameMeaning.Started(tree);
    }
}

/// <summary>The meaning of a host's frame for the requester.</summary>
internal abstract record FrameMeaning
{
    /// <summary>The requester has nothing to do.</summary>
    internal sealed record Nothing : FrameMeaning
    {
        public static readonly Nothing Instance = new();
    }

    /// <summary>
    /// Bytes of the song. Only these show that the host is working, because a host that sends nothing but PINGs is useless.
    /// </summary>
    internal sealed record SongBytes : FrameMeaning
    {
        public static readonly SongBytes Instance = new();
    }

    /// <summary>The requester must send this frame.</summary>
    internal sealed record MustSend(byte[] Frame) : FrameMeaning;

    /// <summary>The handshake is complete, and PLAY may be sent.</summary>
    internal sealed record Welcomed : FrameMeaning
    {
        public static readonly Welcomed Instance = new();
    }

    /// <summary>The host has started the stream that the last PLAY requested.</summary>
    /// <param name="Tree">The hashes of the song's pieces; null for a live feed.</param>
    internal sealed record Started(PieceTree? Tree) : FrameMeaning
    {
        /// <summary>The host's description of the live feed; null for a song.</summary>
        public LiveStart? Live { get; init; }
    }

    /// <summary>The complete song has arrived.</summary>
    internal sealed record Ended : FrameMeaning
    {
        public static readonly Ended Instance = new();
    }

    /// <summary>The stream from this host has failed.</summary>
    internal sealed record Failed(FailureKind Kind, string Reason, Error? Error) : FrameMeaning;
}
