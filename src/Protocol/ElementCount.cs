using Google.Protobuf.Reflection;

namespace TspActors.Protocol;

/// <summary>Counts the list elements of a body before it is parsed, so that half a million empty elements never become objects.</summary>
/// <remarks>
/// Reads the protobuf encoding (protobuf.dev/programming-guides/encoding) as the parser does: the upper 32 bits of tags and
/// lengths are ignored. Malformed bodies are left for the parser to reject.
/// </remarks>
internal static class ElementCount
{
    private const int SmallestElement = 2;
    private const int VarintBits = 64;

    /// <summary>
    /// Returns whether the lists in <paramref name="body"/>, including those in nested messages, have more than <paramref name="limit"/>
    /// elements in total.
    /// </summary>
    public static bool Exceeds(ReadOnlySpan<byte> body, MessageDescriptor message, int limit) =>
        body.Length > limit * SmallestElement && Count(body, message, limit) > limit;

    private static int Count(ReadOnlySpan<byte> bytes, MessageDescriptor message, int limit)
    {
        var count = 0;
        while (count <= limit && TryReadVarint(ref bytes, out var tag))
        {
            var field = message.FindFieldByNumber((int)((uint)tag >> 3));
            if (field is { IsRepeated: true })
                count++;
            if (!TryReadValue(ref bytes, (int)((uint)tag & 7), out var value))
                break;
            if (field is { FieldType: FieldType.Message })
                count += Count(value, field.MessageType, limit - count); // terminates: no message in tsp.proto contains itself
        }

        return count;
    }

    /// <summary>
    /// Reads past a field's value in <paramref name="bytes"/>. <paramref name="value"/> receives the content of a length-delimited field.
    /// For any other field, it is empty.
    /// </summary>
    private static bool TryReadValue(ref ReadOnlySpan<byte> bytes, int wireType, out ReadOnlySpan<byte> value)
    {
        value = default;
        switch (wireType)
        {
            case 0:
                return TryReadVarint(ref bytes, out _);
            case 1:
                return TryReadBytes(ref bytes, sizeof(ulong), out _);
            case 2:
                return TryReadVarint(ref bytes, out var length) && TryReadBytes(ref bytes, (uint)length, out value);
            case 5:
                return TryReadBytes(ref bytes, sizeof(uint), out _);
            default:
                // The start or end of a group. No message here has groups, and the fields inside one are read like any others.
                return wireType is 3 or 4;
        }
    }

    private static bool TryReadBytes(ref ReadOnlySpan<byte> bytes, uint length, out ReadOnlySpan<byte> read)
    {
        read = default;
        if (length > bytes.Length)
            return false;
        read = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < VarintBits && !bytes.IsEmpty; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if ((next & 0x80) == 0)
                return true;
        }

        return false;
    }
}
