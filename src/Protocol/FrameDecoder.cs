using System.Buffers;

namespace TspActors.Protocol;

/// <summary>The outcome of <see cref="FrameDecoder.TryRead"/>.</summary>
public enum FrameReadResult
{
    /// <summary>A frame, or a slice of a DATA frame.</summary>
    Frame,

    /// <summary>The decoder has consumed all bytes and needs more.</summary>
    NeedMore,

    /// <summary>The bytes are not TSP. Nothing more can be read from this connection.</summary>
    Violation,
}

/// <summary>A decoder that turns buffers of any size into frames.</summary>
/// <remarks>
/// It checks every limit on the header, before it stores a byte of the body. A body that arrives in one buffer is passed on as a slice of
/// it. A torn body is collected in a buffer that grows with the bytes that have arrived, not with the announced length. DATA is
/// never collected. Not thread-safe.
/// </remarks>
public sealed class FrameDecoder
{
    private const int FirstBufferSize = 512;

    private readonly byte[] _header = new byte[FrameHeader.SizeWithLength];
    private int _headerLength;
    private ReadOnlyMemory<byte> _input;
    private FrameHeader _current;
    private bool _inBody;
    private uint _bodyLeft;
    private byte[]? _body;
    private int _bodyLength;

    /// <summary>The violation, once <see cref="TryRead"/> has returned <see cref="FrameReadResult.Violation"/>.</summary>
    public ProtocolViolation? Violation { get; private set; }

    /// <summary>Whether the input so far ends between two frames, so that a connection that closes now closes cleanly.</summary>
    public bool IsAtFrameBoundary => !_inBody && _headerLength == 0 && _input.IsEmpty;

    /// <summary>
    /// Bytes buffered for an incomplete frame: at most the bytes that have arrived of it, rounded up to a power of two.
    /// </summary>
    public int BufferedBytes => _headerLength + (_body?.Length ?? 0);

    /// <summary>
    /// Passes the next bytes to the decoder. The previous bytes must be consumed (<see cref="FrameReadResult.NeedMore"/>).
    /// </summary>
    /// <param name="bytes">The bytes. They are not copied; frames are slices of them.</param>
    /// <exception cref="InvalidOperationException">The previous bytes are not consumed.</exception>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        if (!_input.IsEmpty && Violation is null)
            throw new InvalidOperationException("The previous bytes have not been consumed.");
        _input = bytes;
    }

    /// <summary>Reads the next frame from the bytes that were fed.</summary>
    public FrameReadResult TryRead(out Frame frame)
    {
        frame = default;
        if (Violation is not null)
            return FrameReadResult.Violation;

        if (!_inBody)
        {
            if (!TryReadHeader())
                return FrameReadResult.NeedMore;
            if (Check(_current) is { } violation)
            {
                Violation = violation;
                _input = default;
                return FrameReadResult.Violation;
            }

            if (!_current.HasBody || _current.BodyLength == 0)
            {
                frame = new Frame(_current.Operation, _current.SongId, _current.HasBody, default);
                return FrameReadResult.Frame;
            }

            _inBody = true;
            _bodyLeft = _current.BodyLength;
        }

        if (_current.Operation == Operation.Data)
            return ReadSlice(out frame);
        return _current.Operation.IsKnown() ? ReadBody(out frame) : SkipBody(out frame);
    }

    private bool TryReadHeader()
    {
        // The usual case: the input starts with a whole header.
        if (_headerLength == 0 && !_input.IsEmpty)
        {
            var size = FrameHeader.SizeOf(_input.Span[0]);
            if (_input.Length >= size)
            {
                _current = FrameHeader.Read(_input.Span);
                _input = _input[size..];
                return true;
            }
        }

        while (!_input.IsEmpty)
        {
            _header[_headerLength++] = _input.Span[0];
            _input = _input[1..];
            if (_headerLength == FrameHeader.SizeOf(_header[0]))
            {
                _current = FrameHeader.Read(_header);
                _headerLength = 0;
                return true;
            }
        }

        return false;
    }

    private static ProtocolViolation? Check(in FrameHeader header)
    {
        if (header.SongId < 0)
            return new ProtocolViolation(
                ErrorCode.BadFrame, $"song id {header.SongId} is negative; valid ids are 1 to 2147483647, 0 for none");
        var limit = header.Operation.MaxBodyLength();
        return header.BodyLength > limit
            ? new ProtocolViolation(
                ErrorCode.TooLarge,
                $"the body of operation {(int)header.Operation} is {header.BodyLength} bytes; at most {limit} are allowed", header.SongId)
            : null;
    }

    private FrameReadResult ReadSlice(out Frame frame)
    {
        frame = default;
        if (_input.IsEmpty)
            return FrameReadResult.NeedMore;
        var slice = TakeBody();
        _inBody = _bodyLeft > 0;
        frame = new Frame(_current.Operation, _current.SongId, true, slice, EndsFrame: !_inBody);
        return FrameReadResult.Frame;
    }

    private FrameReadResult SkipBody(out Frame frame)
    {
        TakeBody();
        _inBody = _bodyLeft > 0;
        frame = _inBody ? default : new Frame(_current.Operation, _current.SongId, true, default);
        return _inBody ? FrameReadResult.NeedMore : FrameReadResult.Frame;
    }

    private FrameReadResult ReadBody(out Frame frame)
    {
        var piece = TakeBody();
        if (_bodyLeft > 0)
        {
            Gather(piece.Span);
            frame = default;
            return FrameReadResult.NeedMore;
        }

        ReadOnlyMemory<byte> body = piece;
        if (_body is not null)
        {
            Gather(piece.Span);
            body = _body.AsMemory(0, _bodyLength);
            _body = null;
            _bodyLength = 0;
        }

        _inBody = false;
        frame = new Frame(_current.Operation, _current.SongId, true, body);
        return FrameReadResult.Frame;
    }

    private ReadOnlyMemory<byte> TakeBody()
    {
        var length = (int)Math.Min(_bodyLeft, (uint)_input.Length);
        var piece = _input[..length];
        _input = _input[length..];
        _bodyLeft -= (uint)length;
        return piece;
    }

    private void Gather(ReadOnlySpan<byte> piece)
    {
        if (piece.IsEmpty)
            return;
        var needed = _bodyLength + piece.Length;
        if (_body is null || needed > _body.Length)
        {
            var size = Math.Max(needed, Math.Max(FirstBufferSize, (_body?.Length ?? 0) * 2));
            Array.Resize(ref _body, (int)Math.Min((uint)size, _current.BodyLength));
        }

        piece.CopyTo(_body.AsSpan(_bodyLength));
        _bodyLength = needed;
    }
}
