using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting;

/// <summary>From a HostSession to the HostingActor: stream this song over that connection. Answered by <see cref="StreamAdmitted"/> or <see cref="StreamRefused"/>.</summary>
internal sealed record AdmitStream(OwnSong Song, PlayRequest Request, IActorRef Connection) : INoSerializationVerificationNeeded;

/// <summary>A StreamSessionActor serves the request; it tells its session <see cref="StreamEnded"/> when it is done.</summary>
internal sealed record StreamAdmitted(IActorRef Stream) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>No stream now; <paramref name="Frame"/> is the ERROR that says why.</summary>
internal sealed record StreamRefused(byte[] Frame) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>To a StreamSessionActor, once its session knows of it: begin.</summary>
internal sealed record StartStream : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static readonly StartStream Instance = new();
}

/// <summary>From a StreamSessionActor to the HostingActor: its place is free.</summary>
internal sealed record StreamOver : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static readonly StreamOver Instance = new();
}

/// <summary>To a StreamSessionActor: no DATA from now on. Answered by <see cref="StreamEnded"/>.</summary>
internal sealed record StopStream : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static readonly StopStream Instance = new();
}

/// <summary>To the session: everything this stream will ever send is sent, and taken by the socket.</summary>
internal sealed record StreamEnded : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static readonly StreamEnded Instance = new();
}

/// <summary>To the HostingActor: admit nothing more (SHUTTING_DOWN).</summary>
internal sealed record RefuseStreams : INoSerializationVerificationNeeded
{
    public static readonly RefuseStreams Instance = new();
}

/// <summary>To the HostingActor. Answered by <see cref="HostingStatus"/>.</summary>
internal sealed record GetHostingStatus : INoSerializationVerificationNeeded
{
    public static readonly GetHostingStatus Instance = new();
}

/// <summary>How busy this host is.</summary>
internal sealed record HostingStatus(int Active, int Max) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
