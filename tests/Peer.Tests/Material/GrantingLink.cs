using System.Collections.Concurrent;
using Akka.Actor;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Material;

/// <summary>An actor that takes the place of the TrackerLinkActor and grants the hosts that a test has chosen.</summary>
internal sealed class GrantingLink : ReceiveActor
{
    public GrantingLink(ConcurrentDictionary<int, Func<object>> answers) => Receive<FindHosts>(find => Sender.Tell(
        answers.TryGetValue(find.Id, out var answer)
            ? answer()
            : new TrackerRefused(new Error { Code = ErrorCode.UnknownSong, Message = $"there is no song {find.Id}" })));
}
