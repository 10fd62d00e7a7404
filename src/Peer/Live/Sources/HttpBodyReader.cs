using System.Globalization;
using System.Text;

namespace TspActors.Peer.Live.Sources;

/// <summary>
/// Extracts the content from a request's body, which has a stated length, is chunked, or continues until the connection closes.
/// </summary>
internal sealed class HttpBodyReader
{
    // The limit for a line with the size and extensions of a chunk, and for a line in the trailer.
    private const int MaxLine = 256;
    private const int MaxSizeDigits = 8;
    private const int MaxTrailerLines = 64;

    private readonly bool _isChunked;
    private readonly StringBuilder _line = new();
    private long _left;
    private int _trailerLines;
    private Part _part;

    private HttpBodyReader(bool isChunked, long left)
    {
        _isChunked = isChunked;
        _left = left;
        _part = isChunked ? Part.Size : left == 0 ? Part.End : Part.Content;
    }

    private enum Part
    {
        Size,
        Content,
        LineEnd,
        Trailer,
        End,
    }

    /// <summary>Whether the body is complete.</summary>
    public bool IsEnded => _part == Part.End;

    /// <summary>The fault in the body; null if there is none.</summary>
    public string? Fault { get; private set; }

    /// <summary>Returns a reader for the body that follows a head.</summary>
    public static HttpBodyReader For(HttpHead head) => new(head.IsChunked, head.IsChunked ? 0 : head.Length ?? long.MaxValue);

    /// <summary>Moves the content to the beginning of these bytes.</summary>
    /// <returns>The number of bytes of content.</returns>
    public int Read(Span<byte> bytes)
    {
        var (from, to) = (0, 0);
        while (from < bytes.Length && !IsEnded && Fault is null)
        {
            if (_part == Part.Content)
            {
                var count = (int)Math.Min(_left, bytes.Length - from);
                bytes.Slice(from, count).CopyTo(bytes[to..]);
                from += count;
                to += count;
                if (_left != long.MaxValue)
                    _left -= count;
                if (_left == 0)
                    _part = _isChunked ? Part.LineEnd : Part.End;
                continue;
            }

            var letter = bytes[from++];
            if (letter == '\n')
                EndLine();
            else if (_line.Length == MaxLine)
                Fault = "a line between two chunks is too long";
            else
                _line.Append((char)letter);
        }

        return to;
    }

    private void EndLine()
    {
        var line = _line.ToString().TrimEnd('\r');
        _line.Clear();
        switch (_part)
        {
            case Part.Size:
                var size = line.Split(';')[0].Trim();
                if (size.Length is 0 or > MaxSizeDigits || !size.All(char.IsAsciiHexDigit))
                {
                    Fault = "a chunk size is not a number";
                    break;
                }

                _left = long.Parse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                _part = _left == 0 ? Part.Trailer : Part.Content;
                break;
            case Part.LineEnd when line.Length > 0:
                Fault = "a chunk is longer than its size";
                break;
            case Part.LineEnd:
                _part = Part.Size;
                break;
            case Part.Trailer when line.Length == 0:
                _part = Part.End;
                break;
            case Part.Trailer when ++_trailerLines > MaxTrailerLines:
                Fault = "the trailer is too long";
                break;
            default:
                break;
        }
    }
}
