using System.Text;

namespace TspActors.Peer.Live.Sources;

/// <summary>
/// Reads the head of an HTTP request from bytes that arrive in pieces of any size. Kestrel cannot be used, because it assumes that a PUT or
/// SOURCE without a length has no body, and would read the audio that follows as the next request.
/// </summary>
internal sealed class HttpHeadReader
{
    /// <summary>The maximum length of a head in bytes.</summary>
    public const int MaxBytes = 8 * 1024;

    /// <summary>The maximum number of headers.</summary>
    public const int MaxHeaders = 64;

    private const int MaxMethod = 16;
    private const int MaxLengthDigits = 18;
    private static readonly string[] Once = ["Authorization", "Content-Length", "Transfer-Encoding", "Expect", "Host"];

    private readonly byte[] _bytes = new byte[MaxBytes];
    private int _length;
    private int _lineLength;

    /// <summary>The fault in the head; null if there is none.</summary>
    public string? Fault { get; private set; }

    /// <summary>Reads bytes up to the end of the head.</summary>
    /// <param name="input">The bytes. Those that were read are removed.</param>
    /// <returns>
    /// The head, after which the reader is ready for the next one; null if the head is not complete, or has a <see cref="Fault"/>.
    /// </returns>
    public HttpHead? Read(ref ReadOnlyMemory<byte> input)
    {
        var span = input.Span;
        for (var at = 0; at < span.Length && Fault is null; at++)
        {
            var letter = span[at];
            // Some clients send an empty line after a body.
            if (_length == 0 && letter is (byte)'\r' or (byte)'\n')
                continue;
            if (_length == MaxBytes)
            {
                Fault = $"the head of the request is longer than {MaxBytes} bytes";
                break;
            }

            _bytes[_length++] = letter;
            if (letter == '\n' && _lineLength == 0)
            {
                input = input[(at + 1)..];
                return Parse();
            }

            if (letter == '\n')
                _lineLength = 0;
            else if (letter != '\r')
                _lineLength++;
        }

        input = default;
        return null;
    }

    private HttpHead? Parse()
    {
        var lines = Encoding.Latin1.GetString(_bytes, 0, _length).Split('\n');
        _length = 0;
        _lineLength = 0;
        var first = lines[0].TrimEnd('\r');
        // A title in the target may contain spaces.
        var (start, end) = (first.IndexOf(' ', StringComparison.Ordinal), first.LastIndexOf(' '));
        if (start is < 1 or > MaxMethod || end <= start + 1 || !first[..start].All(char.IsAsciiLetter) || first.Any(char.IsControl))
            return Fail("the first line is not an HTTP request line");
        if (first[(end + 1)..] is not ("HTTP/1.0" or "HTTP/1.1" or "ICE/1.0") and var version)
            return Fail($"{(version.Length < 20 ? version : "the version")} is not HTTP/1.0 or HTTP/1.1");
        var headers = ParseHeaders(lines.AsSpan(1));
        return headers is null
            ? null
            : new HttpHead(
                first[..start].ToUpperInvariant(), first[(start + 1)..end].Trim(),
                first.EndsWith("/1.1", StringComparison.Ordinal), headers);
    }

    private Dictionary<string, string>? ParseHeaders(ReadOnlySpan<string> lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var count = 0;
        foreach (var ended in lines)
        {
            var line = ended.TrimEnd('\r');
            if (line.Length == 0)
                continue;
            if (++count > MaxHeaders)
                return FailHeaders($"there are more than {MaxHeaders} headers");
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || line[..colon].Any(letter => letter is <= ' ' or > '~'))
                return FailHeaders("a line in the head is not a header");
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
            if (value.Any(letter => letter is < ' ' and not '\t'))
                return FailHeaders($"the {name} header contains a control character");
            if (!headers.TryAdd(name, value) && Once.Contains(name, StringComparer.OrdinalIgnoreCase))
                return FailHeaders($"there are two {name} headers");
        }

        return FaultOfBody(headers) is { } fault ? FailHeaders(fault) : headers;
    }

    private static string? FaultOfBody(Dictionary<string, string> headers)
    {
        var isLong = headers.TryGetValue("Content-Length", out var length);
        if (isLong && (length!.Length is 0 or > MaxLengthDigits || !length.All(char.IsAsciiDigit)))
            return "the Content-Length is not a number";
        if (!headers.TryGetValue("Transfer-Encoding", out var encoding) || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return null;
        if (!encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            return "the only supported transfer encoding is chunked";
        return isLong ? "a body cannot have both a length and chunks" : null;
    }

    private HttpHead? Fail(string fault)
    {
        Fault = fault;
        return null;
    }

    private Dictionary<string, string>? FailHeaders(string fault)
    {
        Fault = fault;
        return null;
    }
}
