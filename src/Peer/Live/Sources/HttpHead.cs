using System.Globalization;

namespace TspActors.Peer.Live.Sources;

/// <summary>The head of an HTTP request: the request line and the headers.</summary>
/// <param name="Method">The method, in upper case.</param>
/// <param name="Target">The path with the query, as it was sent; each byte is one character.</param>
/// <param name="IsLater">Whether the request is HTTP/1.1, in which case the connection stays open by default.</param>
/// <param name="Headers">The headers by name. Names are not case-sensitive.</param>
internal sealed record HttpHead(string Method, string Target, bool IsLater, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The path.</summary>
    public string Path => Target.Split('?', 2)[0];

    /// <summary>The query without its question mark; empty if there is none.</summary>
    public string Query => Target.Split('?', 2) is [_, var query] ? query : "";

    /// <summary>Whether the client waits for status 100 before it sends the body.</summary>
    public bool ExpectsContinue => Header("Expect").Equals("100-continue", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the method is used to send audio.</summary>
    public bool IsSource => Method is "SOURCE" or "PUT";

    /// <summary>Whether the body is chunked.</summary>
    public bool IsChunked => Header("Transfer-Encoding").Equals("chunked", StringComparison.OrdinalIgnoreCase);

    /// <summary>The length of the body; null if the head does not specify it.</summary>
    public long? Length => Header("Content-Length") is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Whether the request has no body, so the next request can follow immediately after the head.</summary>
    public bool HasNoBody => !IsChunked && (Length ?? (IsSource || Method == "POST" ? -1 : 0)) == 0;

    /// <summary>Whether the client wants to send another request.</summary>
    public bool WantsMore => Header("Connection") is var connection && IsLater
        ? !connection.Contains("close", StringComparison.OrdinalIgnoreCase)
        : connection.Contains("keep-alive", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns a header; empty if there is none.</summary>
    public string Header(string name) => Headers.GetValueOrDefault(name, "");
}
