using Akka.Actor;
using TspActors.Transport;

namespace TspActors.Peer.Live;

/// <summary>The ports at which programs connect as sources of live feeds, one IcecastDoorActor for each.</summary>
#pragma warning disable CA1822
internal sealed class SourceDoors
{
    public string? Refusal(FeedSettings feed) => null;

    public void Add(FeedSettings feed, IActorRef actor, IActorContext context)
    {
    }

    public void Remove(FeedSettings feed, IActorContext context)
    {
    }

    public bool Handle(object message, IActorRef sender, IActorContext context) => false;

    /// <summary>A door could not be opened.</summary>
    public sealed record Failed(int Port, string Reason) : ILocalMessage;
}
