using Google.Protobuf;
using TspActors.Protocol;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Tracking;

/// <summary>Parses the frames that a tracker sends.</summary>
internal static class TrackerFrames
{
    private const int MaxMessage = 300;

    private const string WebServer = "HTTP (is this the address of a web server?)";

    // The bytes "TTP/", which follow the H of "HTTP/".
    private const int HttpVersion = 0x5454502F;

    // The bytes "!DOC" and "html", which follow the < of a page. Some web servers use HTTP/0.9 to reply to a request that is not HTTP.
    private const int PageStart = 0x21444F43;
    private const int OtherPageStart = 0x68746D6C;

    /// <summary>Returns the parsed body of a frame, or one of the records below; null for a frame that a peer ignores.</summary>
    public static object? Parse(in Frame frame) => frame.Operation switch
    {
        Operation.Ping => new PingReceived(frame.SongId),
        Operation.Error => Body<Error>(frame) is var body && body is Error error ? new ErrorReceived(Cut(error), frame.SongId) : body,
        Operation.Init => Body<Init>(frame),
        Operation.List when !frame.HasBody => SongsRequested.Instance,
        Operation.List => Body<SongPage>(frame),
        Operation.Info => Body<SongInfoPage>(frame),
        Operation.Play => Body<PlayGrant>(frame),
        Operation.Assign => Body<Assign>(frame),
        Operation.Call => Body<Call>(frame) is var body && body is Call call ? new TrackerCall(call, frame.SongId) : body,
        Operation.Relay => Body<Relay>(frame) is var body && body is Relay relay ? new TrackerRelay(relay, frame.SongId) : body,
        Operation.Reach => Body<Reach>(frame),
        Operation.BroadcastList => Body<CatalogDelta>(frame),
        // The first five bytes of a web server's reply, read as a frame.
        (Operation)'H' when frame.SongId == HttpVersion => new ProtocolBroken(WebServer),
        (Operation)'<' when frame.SongId is PageStart or OtherPageStart => new ProtocolBroken(WebServer),
        _ => null,
    };

    // A tracker could fill the log and the terminal with long messages.
    private static Error Cut(Error error)
    {
        if (error.Message.Length > MaxMessage)
            error.Message = $"{error.Message[..MaxMessage]}…";
        return error;
    }

    private static object Body<T>(in Frame frame)
        where T : class, IMessage<T>, new() =>
        Bodies.TryParse<T>(frame, out var body, out var violation) ? body : new ProtocolBroken(violation.Message);
}

/// <summary>The tracker asks for a PONG with this number.</summary>
internal sealed record PingReceived(int Number);

/// <summary>The tracker asks for this peer's songs.</summary>
internal sealed record SongsRequested
{
    public static readonly SongsRequested Instance = new();
}

/// <summary>The tracker reports an error. If <paramref name="Id"/> is not 0, the error is about the request with that id.</summary>
internal sealed record ErrorReceived(Error Error, int Id);

/// <summary>The tracker sent a frame whose body is invalid, or a web server replied.</summary>
internal sealed record ProtocolBroken(string Message);

/// <summary>The tracker passes on a call, or the refusal of a call.</summary>
internal sealed record TrackerCall(Call Call, int SongId);

/// <summary>The tracker asks for a place at this peer's relay. The reply has the same id.</summary>
internal sealed record TrackerRelay(Relay Relay, int RequestId);
