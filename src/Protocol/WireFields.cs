namespace TspActors.Protocol;

/// <summary>A reader that steps through the fields of an encoded message without parsing the message.</summary>
/// <remarks>
/// Like the parser, the reader ignores the upper 32 bits of tags and lengths (protobuf.dev/programming-guides/encoding). It stops at the
/// first malformed field, which is left for the parser to reject.
/// </remarks>
internal ref struct WireFields(ReadOnlySpan<byte> message)
{
    private const int VarintBits = 64;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Reads the next field. Returns false at the end of the message or at a malformed field.</summary>
    /// <param name="number">The number of the field.</param>
    /// <param name="value">The content of the field if it is length-delimited; otherwise empty.</param>
    public bool TryNext(out int number, out ReadOnlySpan<byte> value)
    {
        value = default;
        number = 0;
        if (!TryReadVarint(out var tag))
            return false;
        number = (int)((uint)tag >> 3);
        return TryReadValue((int)((uint)tag & 7), out value);
    }

    private bool TryReadValue(int wireType, out ReadOnlySpan<byte> value)
    {
        value = default;
        switch (wireType)
        {
            case 0:
                return TryReadVarint(out _);
            case 1:
                return TryReadBytes(sizeof(ulong), out _);
            case 2:
                return TryReadVarint(out var length) && TryReadBytes((uint)length, out value);
            case 5:
                return TryReadBytes(sizeof(uint), out _);
            default:
                // The start or end of a group. No message in the protocol has groups; the fields inside a group are read like any others.
                return wireType is 3 or 4;
        }
    }

    private bool TryReadBytes(uint length, out ReadOnlySpan<byte> read)
    {
        read = default;
        if (length > _rest.Length)
            return false;
        read = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < VarintBits && !_rest.IsEmpty; shift += 7)
        {
            var next = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return true;
        }

        return false;
    }
}
