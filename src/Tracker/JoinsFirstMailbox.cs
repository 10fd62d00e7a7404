using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace TspActors.Tracker;

/// <summary>The mailbox of the one writer: who joins does not wait behind what others share. All else is taken in the order in which it came.</summary>
internal sealed class JoinsFirstMailbox(Settings settings, Config config) : UnboundedStablePriorityMailbox(settings, config)
{
    protected override int PriorityGenerator(object message) => message is JoinPeer ? 0 : 1;
}
