namespace TspActors.Gateway.Library;

/// <summary>Base32 (RFC 4648) in lower case, without padding: no character needs escaping in a URL, and all are easy to type on a
/// phone.</summary>
internal static class Base32
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";
    private const int BitsPerLetter = 5;

    /// <summary>Encodes bytes. The last character is padded with zero bits.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[(bytes.Length * 8 + BitsPerLetter - 1) / BitsPerLetter];
        var (bits, count, at) = (0, 0, 0);
        foreach (var value in bytes)
        {
            bits = (bits << 8) | value;
            for (count += 8; count >= BitsPerLetter; count -= BitsPerLetter)
                text[at++] = Letters[(bits >> (count - BitsPerLetter)) & 31];
            bits &= (1 << count) - 1;
        }

        if (count > 0)
            text[at] = Letters[(bits << (BitsPerLetter - count)) & 31];
        return new string(text);
    }

    /// <summary>Decodes exactly as many bytes as fit into the destination, ignoring case.</summary>
    /// <returns>False if the text has the wrong length, contains other characters, or has nonzero padding bits.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length != (destination.Length * 8 + BitsPerLetter - 1) / BitsPerLetter)
            return false;
        var (bits, count, at) = (0, 0, 0);
        foreach (var letter in text)
        {
            var value = Letters.IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal);
            if (value < 0)
                return false;
            bits = (bits << BitsPerLetter) | value;
            count += BitsPerLetter;
            if (count < 8)
                continue;
            count -= 8;
            destination[at++] = (byte)(bits >> count);
            bits &= (1 << count) - 1;
        }

        return bits == 0;
    }
}
