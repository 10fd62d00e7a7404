using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting;

/// <summary>
/// From a HostSessionActor to the HostingActor: stream this song over that connection. Answered by <see cref="StreamAdmitted"/> or
/// <see cref="StreamRefused"/>.
/// </summary>
/// <param name="Song">The song.</param>
/// <param name="Request">How it is wanted.</param>
/// <param name="Connection">Where it goes.</param>
/// <param name="Who">The requester, as limits count it.</param>
internal sealed record AdmitStream(OwnSong Song, PlayRequest Request, IActorRef Connection, RequesterKey Who = default) : ILocalMessage;

/// <summary>
/// From a HostSessionActor to the HostingActor, before it stops its stream: the slot is kept for the next stream of this session.
/// </summary>
internal sealed record KeepSlot(IActorRef Stream) : ILocalMessage;

/// <summary>A StreamSessionActor serves the request; it tells its session <see cref="StreamEnded"/> when it is done.</summary>
internal sealed record StreamAdmitted(IActorRef Stream) : ILocalMessage;

/// <summary>No stream now.</summary>
/// <param name="Frame">The ERROR that says why.</param>
/// <param name="Pause">How long the connection is not to be read.</param>
/// <param name="Cuts">Whether the connection is to be closed.</param>
internal sealed record StreamRefused(byte[] Frame, TimeSpan Pause = default, bool Cuts = false) : ILocalMessage;

/// <summary>To a StreamSessionActor, once its session knows of it: begin.</summary>
internal sealed record StartStream : ILocalMessage
{
    public static readonly StartStream Instance = new();
}

/// <summary>From a StreamSessionActor to the HostingActor: its place is free.</summary>
internal sealed record StreamOver : ILocalMessage
{
    public static readonly StreamOver Instance = new();
}

/// <summary>To a StreamSessionActor: no DATA from now on. Answered by <see cref="StreamEnded"/>.</summary>
internal sealed record StopStream : ILocalMessage
{
    public static readonly StopStream Instance = new();
}

/// <summary>To the session: everything this stream will ever send is sent, and taken by the socket.</summary>
internal sealed record StreamEnded : ILocalMessage
{
    public static readonly StreamEnded Instance = new();
}

/// <summary>To a StreamSessionActor: from now on it asks before each chunk (<see cref="AskUpload"/>), or no longer.</summary>
internal sealed record LimitUpload(bool IsLimited) : ILocalMessage;

/// <summary>
/// From a StreamSessionActor to the HostingActor: it asks to send bytes now. Answered by <see cref="UploadGranted"/> when it is its
/// turn.
/// </summary>
internal sealed record AskUpload(int Bytes) : ILocalMessage;

/// <summary>To a StreamSessionActor: send what was asked for.</summary>
internal sealed record UploadGranted : ILocalMessage
{
    public static readonly UploadGranted Instance = new();
}

/// <summary>To a StreamSessionActor: there is no room for it any more; <paramref name="LastWords"/> is the ERROR that says so.</summary>
internal sealed record EndStream(byte[] LastWords) : ILocalMessage;

/// <summary>To the HostingActor: admit nothing more (SHUTTING_DOWN).</summary>
internal sealed record RefuseStreams : ILocalMessage
{
    public static readonly RefuseStreams Instance = new();
}

/// <summary>To the HostingActor. Answered by <see cref="HostingStatus"/>.</summary>
internal sealed record GetHostingStatus : ILocalMessage
{
    public static readonly GetHostingStatus Instance = new();
}

/// <summary>
/// To the HostingActor: another value for a <see cref="HostingLimit"/>, until it is stopped. Answered by <see cref="HostingStatus"/> or
/// <see cref="LimitRefused"/>.
/// </summary>
internal sealed record ChangeLimit(string Name, string Value) : ILocalMessage;

/// <summary>To the HostingActor: the configured limits are these from now on, also those that were changed by hand.</summary>
internal sealed record ConfigureLimits(HostingSettings Settings) : ILocalMessage;

/// <summary>The limit was not changed; the reason is for people.</summary>
internal sealed record LimitRefused(string Reason) : ILocalMessage;

/// <summary>How busy this host is.</summary>
/// <param name="Active">Streams that run.</param>
/// <param name="Max">Streams that can really run, by all limits; 0 = no limit.</param>
/// <param name="Downloads">Of the active ones, downloads.</param>
/// <param name="RealTimeRate">Bytes a second that the others need.</param>
/// <param name="Waiting">Requesters in the queue.</param>
/// <param name="Settings">The limits in force.</param>
/// <param name="Configured">The limits as they were at the start.</param>
/// <param name="Upload">The upload limit of this time of day.</param>
internal sealed record HostingStatus(
    int Active, int Max, int Downloads, double RealTimeRate, int Waiting, HostingSettings Settings, HostingSettings Configured, Rate Upload)
    : ILocalMessage;
