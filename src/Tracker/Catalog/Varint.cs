namespace TspActors.Tracker.Catalog;

/// <summary>Protobuf's variable-length integers: seven bits per byte, low bits first.</summary>
internal static class Varint
{
    /// <summary>Returns the number of bytes that <paramref name="value"/> needs.</summary>
    public static int Length(ulong value) => (Math.Max(1, 64 - System.Numerics.BitOperations.LeadingZeroCount(value)) + 6) / 7;

    /// <summary>Writes <paramref name="value"/> to the start of <paramref name="destination"/>.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> destination, ulong value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7)
            destination[at++] = (byte)(value | 0x80);
        destination[at++] = (byte)value;
        return at;
    }
}
