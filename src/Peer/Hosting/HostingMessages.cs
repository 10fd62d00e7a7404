using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting;

/// <summary>
/// From a HostSessionActor to the HostingActor: stream this song over this connection. Answered by <see cref="StreamAdmitted"/> or
/// <see cref="StreamRefused"/>.
/// </summary>
/// <param name="Song">The song.</param>
/// <param name="Request">The PLAY request.</param>
/// <param name="Connection">The requester's connection.</param>
/// <param name="Requester">The key that identifies the requester to the limits.</param>
internal sealed record AdmitStream(OwnSong Song, PlayRequest Request, IActorRef Connection, RequesterKey Requester = default)
    : ILocalMessage;

/// <summary>
/// From a HostSessionActor to the HostingActor, before it stops its stream: keep the slot for the next stream of this session.
/// </summary>
internal sealed record KeepSlot(IActorRef Stream) : ILocalMessage;

/// <summary>To the session: the stream is admitted. When the stream is over, it sends <see cref="StreamEnded"/> to the session.</summary>
internal sealed record StreamAdmitted(IActorRef Stream) : ILocalMessage;

/// <summary>To the session: the stream is refused.</summary>
/// <param name="Frame">The ERROR with the reason.</param>
/// <param name="Pause">How long the session stops serving frames.</param>
/// <param name="Cuts">Whether the session closes the connection.</param>
internal sealed record StreamRefused(byte[] Frame, TimeSpan Pause = default, bool Cuts = false) : ILocalMessage;

/// <summary>To a StreamSessionActor: begin. Sent after the session has been notified of the stream.</summary>
internal sealed record StartStream : ILocalMessage
{
    public static readonly StartStream Instance = new();
}

/// <summary>From a StreamSessionActor to the HostingActor: this stream is over.</summary>
internal sealed record StreamOver : ILocalMessage
{
    public static readonly StreamOver Instance = new();
}

/// <summary>To a StreamSessionActor: send no more DATA. Answered by <see cref="StreamEnded"/>.</summary>
internal sealed record StopStream : ILocalMessage
{
    public static readonly StopStream Instance = new();
}

/// <summary>To the session: the stream is over, and the socket has accepted all of its chunks.</summary>
internal sealed record StreamEnded : ILocalMessage
{
    public static readonly StreamEnded Instance = new();
}

/// <summary>To a StreamSessionActor: whether it must request each chunk with <see cref="AskUpload"/> from now on.</summary>
internal sealed record LimitUpload(bool IsLimited) : ILocalMessage;

/// <summary>
/// From a StreamSessionActor to the HostingActor: permit this stream to send this many bytes. Answered by <see cref="UploadGranted"/>
/// when it is the stream's turn.
/// </summary>
internal sealed record AskUpload(int Bytes) : ILocalMessage;

/// <summary>From a LiveSessionActor to the HostingActor: the rate of this stream's feed has changed.</summary>
internal sealed record StreamRateChanged(double BytesPerSecond) : ILocalMessage;

/// <summary>To a StreamSessionActor: send the requested bytes.</summary>
internal sealed record UploadGranted : ILocalMessage
{
    public static readonly UploadGranted Instance = new();
}

/// <summary>To a StreamSessionActor: stop, because the upload limit no longer allows this stream.</summary>
/// <param name="LastWords">The ERROR to send.</param>
internal sealed record EndStream(byte[] LastWords) : ILocalMessage;

/// <summary>To the HostingActor: refuse all further streams with SHUTTING_DOWN.</summary>
internal sealed record RefuseStreams : ILocalMessage
{
    public static readonly RefuseStreams Instance = new();
}

/// <summary>Asks the HostingActor for its load and limits. Answered by <see cref="HostingStatus"/>.</summary>
internal sealed record GetHostingStatus : ILocalMessage
{
    public static readonly GetHostingStatus Instance = new();
}

/// <summary>
/// To the HostingActor: change a <see cref="HostingLimit"/> until the peer stops or <see cref="ConfigureLimits"/> follows. Answered by
/// <see cref="HostingStatus"/> or <see cref="LimitRefused"/>.
/// </summary>
internal sealed record ChangeLimit(string Name, string Value) : ILocalMessage;

/// <summary>To the HostingActor: apply these limits from the reloaded configuration, even where the user has changed a limit.</summary>
internal sealed record ConfigureLimits(HostingSettings Settings) : ILocalMessage;

/// <summary>The limit was not changed; <paramref name="Reason"/> is a human-readable explanation.</summary>
internal sealed record LimitRefused(string Reason) : ILocalMessage;

/// <summary>This host's load and limits.</summary>
/// <param name="Active">The number of running streams.</param>
/// <param name="Max">The number of streams that all limits together currently allow; 0 = no limit.</param>
/// <param name="Downloads">The number of downloads among the running streams.</param>
/// <param name="RealTimeRate">The bytes per second that all running real-time streams need together.</param>
/// <param name="Waiting">The number of requesters in the queue.</param>
/// <param name="Settings">The limits in effect.</param>
/// <param name="Configured">The limits from the configuration.</param>
/// <param name="Upload">The upload limit at this time of day.</param>
internal sealed record HostingStatus(
    int Active, int Max, int Downloads, double RealTimeRate, int Waiting, HostingSettings Settings, HostingSettings Configured, Rate Upload)
    : ILocalMessage
{
    /// <summary>The newest running streams, up to 200, newest first.</summary>
    public IReadOnlyList<HostedStream> Streams { get; init; } = [];
}

/// <summary>A running stream of this host.</summary>
/// <param name="Song">The song or live feed.</param>
/// <param name="Requester">The peer id that the requester gave; null = none.</param>
/// <param name="IsDownload">Whether the stream runs at full speed instead of in real time.</param>
internal sealed record HostedStream(OwnSong Song, PeerId? Requester, bool IsDownload);
