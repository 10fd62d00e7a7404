using TspActors.Protocol;

namespace TspActors.Tracker.Peers;

/// <summary>The bodies that a tracker accepts before and after the welcome.</summary>
internal static class TrackerBodies
{
    private static readonly HashSet<Operation> Read =
        [Operation.Init, Operation.List, Operation.Info, Operation.Share, Operation.Call, Operation.Reach, Operation.Relay];

    private static readonly HashSet<Operation> Ignored =
        [Operation.Play, Operation.Quit, Operation.Ping, Operation.Pong, Operation.Error];

    /// <summary>The rules before the welcome: only short bodies.</summary>
    public static readonly BodyRules OfStrangers = BodyRules.For(Read, Ignored, BodyRules.SmallBody);

    /// <summary>The rules for a registered peer: all bodies that the protocol allows.</summary>
    public static readonly BodyRules OfPeers = BodyRules.For(Read, Ignored, int.MaxValue);
}
