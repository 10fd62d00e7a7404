using Google.Protobuf.Reflection;

namespace TspActors.Protocol;

/// <summary>Counts the elements of a body before it is parsed, so that a body with too many of them is never parsed.</summary>
internal static class ElementCount
{
    private const int SmallestElement = 2;

    /// <summary>
    /// Returns whether the lists in <paramref name="body"/>, including those in nested messages, have more than <paramref name="limit"/>
    /// elements in total.
    /// </summary>
    public static bool Exceeds(ReadOnlySpan<byte> body, MessageDescriptor message, int limit) =>
        body.Length > limit * SmallestElement && Count(body, message, limit) > limit;

    /// <summary>
    /// Returns whether <paramref name="body"/> sets the fields of a oneof more than once. Each time, the parser would copy the content that
    /// it has read so far, so a 16 KiB body could cost a hundred megabytes.
    /// </summary>
    public static bool SetsOneofAgain(ReadOnlySpan<byte> body, MessageDescriptor message)
    {
        var count = 0;
        if (message.Oneofs.Count == 0)
            return false;
        var fields = new WireFields(body);
        while (count < 2 && fields.TryNext(out var number, out _))
        {
            if (message.FindFieldByNumber(number) is { ContainingOneof: not null })
                count++;
        }

        return count > 1;
    }

    private static int Count(ReadOnlySpan<byte> bytes, MessageDescriptor message, int limit)
    {
        var count = 0;
        var fields = new WireFields(bytes);
        while (count <= limit && fields.TryNext(out var number, out var value))
        {
            var field = message.FindFieldByNumber(number);
            if (field is { IsRepeated: true })
                count++;
            if (field is { FieldType: FieldType.Message })
                count += Count(value, field.MessageType, limit - count); // terminates: no message in tsp.proto contains itself
        }

        return count;
    }
}
