using TspActors.Protocol;

namespace TspActors.Peer.Hosting;

/// <summary>The rules for the bodies that a host accepts. The host reads only short bodies.</summary>
internal static class HostBodies
{
    private static readonly HashSet<Operation> Read = [Operation.Init, Operation.Play, Operation.Call, Operation.Relay, Operation.Cover];

    private static readonly HashSet<Operation> Ignored =
        [Operation.Info, Operation.Stop, Operation.Quit, Operation.Ping, Operation.Pong, Operation.Error];

    public static readonly BodyRules All = BodyRules.For(Read, Ignored, BodyRules.SmallBody);

    /// <summary>
    /// The rules that apply once a connection has been handed over to one of this peer's receivers, which reads everything that a host
    /// sends.
    /// </summary>
    public static readonly BodyRules OfReceiver = BodyRules.Contract;
}
