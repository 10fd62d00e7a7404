using System.Globalization;
using System.Text;

namespace TspActors.Peer.Live.Sources;

/// <summary>An HTTP response from the source door.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Phrase">The reason phrase.</param>
/// <param name="Text">A sentence that says what to do, or XML; empty for none.</param>
internal sealed record SourceResponse(int Status, string Phrase, string Text = "")
{
    /// <summary>Tells the client to send the body.</summary>
    public static readonly byte[] Continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    /// <summary>
    /// Accepts a source that specifies no length. Programs that use libshout wait for this response before they send audio.
    /// </summary>
    public static readonly byte[] Accepted = "HTTP/1.0 200 OK\r\n\r\n"u8.ToArray();

    /// <summary>The response to a source whose body has ended.</summary>
    public static readonly SourceResponse Done = new(200, "OK");

    /// <summary>
    /// Asks for a password. libshout sends its first request without one, and looks for an Allow header in this response. If the header
    /// is missing, libshout repeats the request with the password, using SOURCE.
    /// </summary>
    public static readonly SourceResponse PasswordWanted = new(401, "Authentication Required");

    public static readonly SourceResponse TooManyWrong = new(
        429, "Too Many Requests", "There were too many wrong passwords from this address. Try again in a minute.\n");

    public static readonly SourceResponse NotFound = new(404, "Not Found", "This mount point does not exist.\n");

    public static readonly SourceResponse NotForSources = new(
        400, "Bad Request", "Only live feed sources can connect here, using PUT or SOURCE.\n");

    public static readonly SourceResponse WrongType = new(
        415, "Unsupported Media Type", "Only MP3 is supported: choose MP3 (audio/mpeg) in the encoder's settings.\n");

    public static readonly SourceResponse NoAnswer = new(503, "Service Unavailable", "The feed is not responding. Try again later.\n");

    /// <summary>Returns the response to a source whose feed already has a source, or is closed.</summary>
    public static SourceResponse Refused(string reason) => new(403, "Mountpoint in use", $"{reason}\n");

    /// <summary>Returns the response to a request that is not valid HTTP.</summary>
    public static SourceResponse Malformed(string fault) => new(400, "Bad Request", $"The request cannot be read: {fault}.\n");

    /// <summary>Returns the response to a title change, in the format that Icecast uses.</summary>
    public static SourceResponse Metadata(string message, bool isDone, int status = 200) => new(
        status, status == 200 ? "OK" : "Bad Request",
        $"<?xml version=\"1.0\"?>\n<iceresponse><message>{message}</message><return>{(isDone ? 1 : 0)}</return></iceresponse>\n");

    /// <summary>Returns the response as bytes.</summary>
    /// <param name="stays">Whether the connection stays open for another request.</param>
    public byte[] ToBytes(bool stays)
    {
        var body = Encoding.UTF8.GetBytes(Text);
        var type = Text.Length == 0 ? "" : $"Content-Type: text/{(Text[0] == '<' ? "xml" : "plain")}; charset=utf-8\r\n";
        var challenge = Status == 401 ? "WWW-Authenticate: Basic realm=\"Live feed\"\r\n" : "";
        var (version, connection) = stays ? ("1.1", "Keep-Alive") : ("1.0", "close");
        var length = body.Length.ToString(CultureInfo.InvariantCulture);
        var head = $"HTTP/{version} {Status} {Phrase}\r\n{challenge}{type}Content-Length: {length}\r\nConnection: {connection}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
