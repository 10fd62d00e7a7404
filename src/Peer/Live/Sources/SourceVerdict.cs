using Akka.Actor;
using TspActors.Transport;

namespace TspActors.Peer.Live.Sources;

/// <summary>The door's decision about a request.</summary>
internal abstract record SourceVerdict : ILocalMessage
{
    /// <summary>The door itself responds to the request.</summary>
    /// <param name="Text">The response.</param>
    /// <param name="IsLate">Whether the response is delayed because a password was wrong.</param>
    public sealed record Answer(SourceResponse Text, bool IsLate = false) : SourceVerdict;

    /// <summary>The password is correct; the feed decides whether the connection becomes its source.</summary>
    public sealed record Admit(string Mount, IActorRef Feed) : SourceVerdict;

    /// <summary>The request sets the title of the audio that a source is sending.</summary>
    public sealed record Retitle(IActorRef Source, string Title) : SourceVerdict;
}
