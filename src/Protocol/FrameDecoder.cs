using System.Buffers;

namespace TspActors.Protocol;

/// <summary>The outcome of <see cref="FrameDecoder.TryRead"/>.</summary>
public enum FrameReadResult
{
    /// <summary>A frame, or a slice of a DATA frame, was read.</summary>
    Frame,

    /// <summary>The decoder has consumed all bytes and needs more.</summary>
    NeedMore,

    /// <summary>The bytes violate the protocol. Reading continues only if <see cref="FrameDecoder.Use"/> allows the frame.</summary>
    Violation,
}

/// <summary>A decoder that turns buffers of any size into frames.</summary>
/// <remarks>
/// Every limit is checked as soon as the header has arrived, before any byte of the body is kept. A body that arrives in one input is
/// passed on as a slice of that input. A body that spans several inputs is gathered in buffers of at most 16 KiB, which grow with the bytes
/// that have arrived, not with the announced length, and are joined when the body is complete. Buffers of that size are used again, by all
/// decoders (<see cref="Release"/>). DATA is never gathered, and a body that this side does not read is skipped (<see cref="BodyRules"/>).
/// Not thread-safe.
/// </remarks>
/// <param name="rules">Which bodies are accepted; null = all that the protocol allows.</param>
public sealed class FrameDecoder(BodyRules? rules = null)
{
    private const int FirstBufferSize = 512;
    private const int MaxBufferSize = 16 * 1024;

    // 16 MiB, as many as a server receives at once by default.
    private const int MaxSpareBuffers = 1024;

    // Whoever sends bodies that are never completed would otherwise fill the heap with buffers that live just long enough to be moved.
    private static readonly ArrayPool<byte> SpareBuffers = ArrayPool<byte>.Create(MaxBufferSize, MaxSpareBuffers);

    private readonly byte[] _header = new byte[FrameHeader.SizeWithLength];
    private int _headerLength;
    private ReadOnlyMemory<byte> _input;
    private BodyRules _rules = rules ?? BodyRules.Contract;
    private FrameHeader _current;
    private bool _headerRefused;
    private bool _inBody;
    private bool _kept;
    private uint _bodyLeft;

    // The body that is being gathered: full buffers, and the one that is being filled.
    private List<byte[]>? _full;
    private byte[]? _filling;
    private int _filled;

    /// <summary>The violation, once <see cref="TryRead"/> has returned <see cref="FrameReadResult.Violation"/>.</summary>
    public ProtocolViolation? Violation { get; private set; }

    /// <summary>True between frames, and after a violation: if the input ends here, no accepted frame is incomplete.</summary>
    public bool IsAtFrameBoundary => !_inBody && _headerLength == 0 && (_input.IsEmpty || Violation is not null);

    /// <summary>
    /// The size of the buffers for an incomplete frame, in bytes: at most twice the number of bytes that have arrived, or 512 if that is
    /// more.
    /// </summary>
    public int BufferedBytes => _headerLength + (_filling?.Length ?? 0) + ((_full?.Count ?? 0) * MaxBufferSize);

    /// <summary>The full length of the body that is being gathered; 0 if there is none.</summary>
    public int GatheredLength => _inBody && _kept && _current.Operation != Operation.Data ? (int)_current.BodyLength : 0;

    /// <summary>How many bytes of the body that is being gathered have not been read yet.</summary>
    public int MissingLength => GatheredLength > 0 ? (int)_bodyLeft : 0;

    /// <summary>True if some of the bytes given to <see cref="Feed"/> have not been read yet.</summary>
    public bool HasInput => !_input.IsEmpty || _headerRefused;

    /// <summary>True if a frame has begun but has been neither completed nor skipped, or if it was refused.</summary>
    public bool HasFrameBegun => _inBody || _headerRefused;

    /// <summary>Removes and returns the bytes after the last frame. The decoder does not read them as frames.</summary>
    /// <exception cref="InvalidOperationException"><see cref="HasFrameBegun"/> is true.</exception>
    public ReadOnlyMemory<byte> TakeRest()
    {
        if (HasFrameBegun)
            throw new InvalidOperationException("A frame has begun.");
        var rest = _input;
        if (_headerLength > 0)
        {
            var joined = new byte[_headerLength + _input.Length];
            _header.AsSpan(0, _headerLength).CopyTo(joined);
            _input.Span.CopyTo(joined.AsSpan(_headerLength));
            rest = joined;
        }

        _headerLength = 0;
        _input = default;
        return rest;
    }

    /// <summary>
    /// Changes which bodies are accepted, starting with the next frame. That frame may already have been refused as too long, because it
    /// arrived directly after the frame that changed the rules. If it is allowed now, it is no longer a violation.
    /// </summary>
    public void Use(BodyRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _rules = rules;
        if (_headerRefused && Check(_current) is null)
            Violation = null;
    }

    /// <summary>Gives up an incomplete body and its buffers. Nothing can be read any more.</summary>
    public void Release()
    {
        foreach (var buffer in _full ?? [])
            SpareBuffers.Return(buffer);
        if (_filling is { Length: MaxBufferSize })
            SpareBuffers.Return(_filling);
        (_full, _filling, _filled) = (null, null, 0);
        _input = default;
        _kept = false;
    }

    /// <summary>Supplies the next bytes. The previous ones must have been consumed (<see cref="FrameReadResult.NeedMore"/>).</summary>
    /// <param name="bytes">The bytes. They are not copied: frames are slices of them, so they must not change while a frame is in
    ///   use.</param>
    /// <exception cref="InvalidOperationException">The previous bytes have not been consumed.</exception>
    public void Feed(ReadOnlyMemory<byte> bytes)
    {
        if (!_input.IsEmpty && Violation is null)
            throw new InvalidOperationException("The previous bytes have not been consumed.");
        _input = bytes;
    }

    /// <summary>Reads the next frame from the bytes given to <see cref="Feed"/>.</summary>
    public FrameReadResult TryRead(out Frame frame)
    {
        frame = default;
        if (Violation is not null)
            return FrameReadResult.Violation;

        if (!_inBody)
        {
            if (!_headerRefused && !TryReadHeader())
                return FrameReadResult.NeedMore;
            if (Check(_current) is { } violation)
            {
                Violation = violation;
                _headerRefused = true;
                return FrameReadResult.Violation;
            }

            _headerRefused = false;
            if (!_current.HasBody || _current.BodyLength == 0)
            {
                frame = new Frame(_current.Operation, _current.SongId, _current.HasBody, default);
                return FrameReadResult.Frame;
            }

            _inBody = true;
            _bodyLeft = _current.BodyLength;
            _kept = _rules.IsKept(_current.Operation);
        }

        if (!_kept)
            return SkipBody(out frame);
        return _current.Operation == Operation.Data ? ReadSlice(out frame) : ReadBody(out frame);
    }

    private bool TryReadHeader()
    {
        // The usual case: the input starts with a complete header.
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

    private ProtocolViolation? Check(in FrameHeader header)
    {
        if (header.SongId < 0)
            return new ProtocolViolation(
                ErrorCode.BadFrame, $"song id {header.SongId} is negative; valid ids are 1 to 2147483647, 0 for none");
        var limit = _rules.MaxLength(header.Operation);
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
        if (_filling is not null)
        {
            Gather(piece.Span);
            body = Join();
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
        while (!piece.IsEmpty)
        {
            var buffer = RoomFor(piece.Length);
            var length = Math.Min(piece.Length, buffer.Length - _filled);
            piece[..length].CopyTo(buffer.AsSpan(_filled));
            _filled += length;
            piece = piece[length..];
        }
    }

    private byte[] RoomFor(int length)
    {
        if (_filling is not null && _filled == MaxBufferSize)
        {
            (_full ??= []).Add(_filling);
            (_filling, _filled) = (null, 0);
        }

        if (_filling is not null && (_filled + length <= _filling.Length || _filling.Length == MaxBufferSize))
            return _filling;
        if (_full is not null)
            return _filling = SpareBuffers.Rent(MaxBufferSize);
        var size = Math.Max(_filled + length, Math.Max(FirstBufferSize, (_filling?.Length ?? 0) * 2));
        if (size < MaxBufferSize || _current.BodyLength < MaxBufferSize)
        {
            Array.Resize(ref _filling, (int)Math.Min(size, _current.BodyLength));
            return _filling;
        }

        var largest = SpareBuffers.Rent(MaxBufferSize);
        _filling?.AsSpan(0, _filled).CopyTo(largest);
        return _filling = largest;
    }

    private ReadOnlyMemory<byte> Join()
    {
        ReadOnlyMemory<byte> body = _filling.AsMemory(0, _filled);
        if (_filling is { Length: MaxBufferSize })
        {
            var full = _full ?? [];
            var joined = GC.AllocateUninitializedArray<byte>((full.Count * MaxBufferSize) + _filled);
            foreach (var (number, buffer) in full.Index())
            {
                buffer.AsSpan(0, MaxBufferSize).CopyTo(joined.AsSpan(number * MaxBufferSize));
                SpareBuffers.Return(buffer);
            }

            body.CopyTo(joined.AsMemory(full.Count * MaxBufferSize));
            SpareBuffers.Return(_filling);
            body = joined;
        }

        (_full, _filling, _filled) = (null, null, 0);
        return body;
    }
}
