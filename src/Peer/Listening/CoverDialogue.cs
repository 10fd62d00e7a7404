using System.Security.Cryptography;
using Google.Protobuf;
using TspActors.Media.Covers;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>The requester's side of fetching one cover. The complete picture is passed on once its bytes match the hash.</summary>
internal sealed class CoverDialogue(StreamOrder order, ContentHash cover) : IHostDialogue
{
    private readonly HostGreeting _greeting = new(order.Requester);
    private byte[]? _picture;
    private int _received;
    private List<ReadOnlyMemory<byte>> _proven = [];

    /// <inheritdoc/>
    public byte[]? Hello => _greeting.Hello;

    /// <inheritdoc/>
    public bool HasProven => _proven.Count > 0;

    /// <inheritdoc/>
    public void Opened(KeyId? hostKey) => _greeting.Opened(hostKey);

    /// <inheritdoc/>
    public byte[] Request() => FrameEncoder.Encode(Operation.Cover, order.Song.Id, new Cover
    {
        Hash = UnsafeByteOperations.UnsafeWrap(cover.ToArray()),
    });

    /// <inheritdoc/>
    public bool Seek(long to) => throw new NotSupportedException("A cover is fetched as a whole.");

    /// <inheritdoc/>
    public IReceiverMessage DequeueArrival(Epoch epoch)
    {
        var proven = _proven;
        _proven = [];
        return new PiecesArrived(proven, epoch);
    }

    /// <inheritdoc/>
    public FrameMeaning Read(in Frame frame)
    {
        if (frame.Operation != Operation.Cover)
            return _greeting.Read(frame);
        return Bodies.TryParse<Cover>(frame, out var part, out var bad) ? Add(part) : HostGreeting.Corrupt(bad);
    }

    private FrameMeaning Add(Cover part)
    {
        if (new ContentHash(part.Hash.Span) != cover)
            return HostGreeting.Corrupt("it sent a different cover from the one requested");
        if (part.Total is 0 or > CoverImage.MaxBytes)
            return HostGreeting.Corrupt($"it sent a cover of {part.Total} bytes");
        _picture ??= new byte[part.Total];
        if (part.Total != _picture.Length || part.Offset != _received || part.Data.IsEmpty
            || part.Data.Length > _picture.Length - _received)
            return HostGreeting.Corrupt("it sent parts of a cover out of order");
        part.Data.Span.CopyTo(_picture.AsSpan(_received));
        _received += part.Data.Length;
        if (_received < _picture.Length)
            return FrameMeaning.SongBytes.Instance;
        if (new ContentHash(SHA256.HashData(_picture)) != cover || CoverImage.MediaTypeOf(_picture) is null)
            return HostGreeting.Corrupt("it sent the wrong cover");
        _proven = [_picture];
        return FrameMeaning.Ended.Instance;
    }
}
