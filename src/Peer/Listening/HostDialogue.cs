using Google.Protobuf;
using TspActors.Media.Hashing;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>
/// The requester's side of the protocol with one host, without the connection: builds the frames to send and interprets the host's frames.
/// </summary>
internal sealed class HostDialogue
{
    // The maximum number of characters of a host's error message that the user sees.
    private const int MaxReason = 200;

    private readonly StreamOrder _order;
    private readonly ClientHandshake? _handshake;
    private readonly StreamChecker _checker;

    public HostDialogue(StreamOrder order)
    {
        _order = order;
        _checker = new StreamChecker(order.Song, order.Offset);
        _handshake = order.Requester.AccessKey is { } key
            ? new ClientHandshake(key, order.Requester.Peer, order.Requester.Name, 0, wantsBroadcasts: false)
            : null;
    }

    /// <summary>The frame that opens the handshake; null without an access key, because PLAY is then the first frame.</summary>
    public byte[]? Hello => _handshake?.Hello;

    /// <summary>
    /// Records the key that the host has shown in TLS, which the proofs of an access key cover; null = the connection is plain.
    /// </summary>
    public void Opened(KeyId? hostKey)
    {
        if (_handshake is not null)
            _handshake.ServerKey = hostKey;
    }

    /// <summary>Whether <see cref="DequeueProven"/> has bytes to return.</summary>
    public bool HasProven => _checker.HasProven;

    /// <summary>Returns a PLAY frame to send. From now on, the host is expected to reply to it.</summary>
    public byte[] Play()
    {
        _checker.PlaySent();
        return FrameEncoder.Encode(Operation.Play, _order.Song.Id, new PlayRequest
        {
            Offset = (ulong)_checker.PlayOffset,
            Pace = _order.Pace,
            RequesterId = UnsafeByteOperations.UnsafeWrap(_order.Requester.Peer.ToArray()),
            ContentHash = _order.Song.ContentHash,
            WantPieceHashes = true,
        });
    }

    /// <summary>Continues the song at another byte.</summary>
    /// <returns>True if another PLAY must be sent.</returns>
    public bool Seek(long to) => _checker.Seek(to);

    /// <summary>Returns the verified bytes in order and removes them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> DequeueProven() => _checker.DequeueProven();

    /// <summary>Interprets a frame from the host.</summary>
    public FrameMeaning Read(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Data when _checker.IsSuperseded:
                return FrameMeaning.Nothing.Instance;
            case Operation.Data when frame.IsEndOfSong:
                return _checker.End() is { } early ? Corrupt(early) : FrameMeaning.Ended.Instance;
            case Operation.Data:
                return _checker.Add(frame.Body.Span) is { } wrong ? Corrupt(wrong)
                    : frame.Body.IsEmpty ? FrameMeaning.Nothing.Instance : FrameMeaning.SongBytes.Instance;
            case Operation.Play when frame.HasBody:
                return Bodies.TryParse<StreamStart>(frame, out var start, out var badStart) ? Begin(start) : Corrupt(badStart);
            case Operation.Init:
                return Bodies.TryParse<Init>(frame, out var init, out var badInit) ? Greet(init) : Corrupt(badInit);
            case Operation.Error:
                return Bodies.TryParse<Error>(frame, out var error, out var badError) ? Refused(error) : Corrupt(badError);
            case Operation.Ping:
                return new FrameMeaning.MustSend(FrameEncoder.Encode(Operation.Pong, frame.SongId));
            default:
                return FrameMeaning.Nothing.Instance;
        }
    }

    private FrameMeaning Begin(StreamStart start)
    {
        if (_checker.Begin(start, out var tree) is { } fault)
            return Corrupt(fault);
        if (_checker.NeedsPlay)
            return new FrameMeaning.MustSend(Play());
        return tree is null ? FrameMeaning.Nothing.Instance : new FrameMeaning.Started(tree);
    }

    private FrameMeaning Greet(Init init) => _handshake?.Advance(init) switch
    {
        HandshakeResult.Reply reply => new FrameMeaning.MustSend(reply.Frame),
        HandshakeResult.Accepted => FrameMeaning.Welcomed.Instance,
        HandshakeResult.Refused refused => new FrameMeaning.Failed(FailureKind.Refused, refused.Message, null),
        _ => FrameMeaning.Nothing.Instance,
    };

    private static FrameMeaning.Failed Refused(Error error) =>
        new(FailureKind.Refused, error.Message.Length > MaxReason ? error.Message[..MaxReason] : error.Message, error);

    private static FrameMeaning.Failed Corrupt(string reason) => new(FailureKind.Corrupt, reason, null);

    private static FrameMeaning.Failed Corrupt(ProtocolViolation violation) =>
        Corrupt($"it sent something that is not TSP: {violation.Message}");
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
    /// Bytes of the song. Only these count as a sign of life, because a host that sends nothing but PINGs is useless.
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

    /// <summary>The host has started the stream that the last PLAY asked for.</summary>
    internal sealed record Started(PieceTree Tree) : FrameMeaning;

    /// <summary>The whole song has arrived.</summary>
    internal sealed record Ended : FrameMeaning
    {
        public static readonly Ended Instance = new();
    }

    /// <summary>The stream from this host has failed.</summary>
    internal sealed record Failed(FailureKind Kind, string Reason, Error? Error) : FrameMeaning;
}
