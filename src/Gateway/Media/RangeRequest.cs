using System.Globalization;

namespace TspActors.Gateway.Media;

/// <summary>What a request with the header Range gets.</summary>
/// <param name="Kind">The whole, a part, or nothing.</param>
/// <param name="Offset">With a part: its first byte.</param>
/// <param name="Length">With a part: its length.</param>
internal readonly record struct RangeRequest(RangeKind Kind, long Offset = 0, long Length = 0)
{
    private const string Unit = "bytes=";

    /// <summary>Reads the header (RFC 9110, section 14).</summary>
    /// <param name="header">The value of Range; null or empty = there is none.</param>
    /// <param name="size">The length of the whole in bytes, greater than 0.</param>
    /// <remarks>Several ranges, other units and invalid values get the whole, as the RFC allows.</remarks>
    public static RangeRequest Read(string? header, long size)
    {
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return new RangeRequest(RangeKind.Whole);
        var range = header.AsSpan(Unit.Length).Trim();
        var dash = range.IndexOf('-');
        if (dash < 0 || range.Contains(','))
            return new RangeRequest(RangeKind.Whole);
        var first = range[..dash].Trim();
        var last = range[(dash + 1)..].Trim();
        if (first.IsEmpty)
        {
            if (!TryParse(last, out var suffix))
                return new RangeRequest(RangeKind.Whole);
            var length = Math.Min(suffix, size);
            return length == 0 ? new RangeRequest(RangeKind.Unsatisfiable) : new RangeRequest(RangeKind.Part, size - length, length);
        }

        if (!TryParse(first, out var from))
            return new RangeRequest(RangeKind.Whole);
        var to = size - 1;
        if (!last.IsEmpty)
        {
            if (!TryParse(last, out var given) || given < from)
                return new RangeRequest(RangeKind.Whole);
            to = Math.Min(given, to);
        }

        return from >= size ? new RangeRequest(RangeKind.Unsatisfiable) : new RangeRequest(RangeKind.Part, from, to - from + 1);
    }

    // A number with more digits than fit is larger than every song.
    private static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
            return false;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
            value = long.MaxValue;
        return true;
    }
}

/// <summary>The kinds of <see cref="RangeRequest"/>.</summary>
internal enum RangeKind
{
    /// <summary>Everything, with status 200.</summary>
    Whole,

    /// <summary>One part, with status 206.</summary>
    Part,

    /// <summary>Nothing, with status 416.</summary>
    Unsatisfiable,
}
