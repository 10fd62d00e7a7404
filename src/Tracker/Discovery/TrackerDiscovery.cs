using System.Net;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Members;

namespace TspActors.Tracker.Discovery;

/// <summary>Makes a tracker discoverable on its local networks.</summary>
internal static class TrackerDiscovery
{
    /// <summary>Starts and returns the MdnsResponderActor; returns null if the settings disable it.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="bound">The endpoint to which the tracker's port is bound.</param>
    /// <param name="key">The id of the tracker's key; null = the tracker does not accept TLS.</param>
    /// <param name="members">Who may register; null = everyone.</param>
    public static IActorRef? Start(ActorSystem system, TrackerSettings settings, IPEndPoint bound, KeyId? key, Membership? members)
    {
        if (!settings.Mdns.Enabled)
            return null;
        var tracker = TrackerDescription.Describe(settings, bound.Port, key);
        // The first invitation restricts the tracker to members, even while the tracker is running.
        bool NeedsKey() => settings.AccessKey is not null || members is { IsRestricted: true };
        return system.ActorOf(MdnsResponderActor.Props(settings.Mdns.Group, bound.Address, tracker, NeedsKey), MdnsResponderActor.Name);
    }
}
