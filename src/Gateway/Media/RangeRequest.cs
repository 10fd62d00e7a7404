using System.Globalization;

namespace TspActors.Gateway.Media;

/// <summary>The bytes that a request's Range header selects.</summary>
/// <param name="Kind">The whole song, a range of it, or a range outside it.</param>
/// <param name="First">The first byte.</param>
/// <param name="Length">The number of bytes.</param>
internal readonly record struct RangeRequest(RangeKind Kind, long First, long Length)
{
    private const string Unit = "bytes=";

    /// <summary>Reads a Range header. A header with a syntax error, a different unit or several ranges counts as absent.</summary>
    /// <param name="header">The header; null or empty = absent.</param>
    /// <param name="size">The song's size.</param>
    public static RangeRequest Read(string? header, long size)
    {
        var whole = new RangeRequest(RangeKind.Whole, 0, size);
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return whole;
        var range = header.AsSpan(Unit.Length).Trim();
        var dash = range.IndexOf('-');
        if (dash < 0)
            return whole;
        var from = range[..dash].TrimEnd();
        var to = range[(dash + 1)..].TrimStart();
        if (from.IsEmpty)
            return !TryRead(to, out var last) ? whole : last == 0 || size == 0 ? None : Part(Math.Max(0, size - last), size - 1);
        if (!TryRead(from, out var first))
            return whole;
        var end = long.MaxValue;
        if (!to.IsEmpty && (!TryRead(to, out end) || end < first))
            return whole;
        return first >= size ? None : Part(first, Math.Min(end, size - 1));
    }

    private static RangeRequest None => new(RangeKind.Outside, 0, 0);

    private static RangeRequest Part(long first, long last) => new(RangeKind.Part, first, last - first + 1);

    /// <summary>Reads digits. A number that is too large counts as the largest possible one.</summary>
    private static bool TryRead(ReadOnlySpan<char> text, out long value)
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
    /// <summary>The whole song: status 200.</summary>
    Whole,

    /// <summary>A range of the song: status 206.</summary>
    Part,

    /// <summary>The range is outside the song: status 416.</summary>
    Outside,
}
