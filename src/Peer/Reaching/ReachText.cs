using TspActors.Peer.Tracking;

namespace TspActors.Peer.Reaching;

/// <summary>Describes for the user whether others can reach this peer, and what has been done about it.</summary>
internal static class ReachText
{
    /// <summary>The advice for the user when nobody can connect to the port.</summary>
    public const string Advice = "forward this port in your router and open it in the firewall, or choose another one with --port";

    private const string CallAdvice = $"To let everybody connect, {Advice}";

    /// <summary>Returns the description, as the status and doctor commands show it.</summary>
    public static string Describe(ReachState state) => state switch
    {
        { IsPortReachable: true, Mapping: { } mapping } => $"others can reach this peer at {Place(state)} ({mapping})",
        { IsPortReachable: true } => $"others can reach this peer at {Place(state)}",
        { IsPortReachable: null } => "not known yet whether others can reach this peer",
        _ => $"others cannot connect to port {state.Port} of this peer{Remedy(state)}",
    };

    /// <summary>Returns the line to print when the tracker reports a new result for the port.</summary>
    public static string Announce(PortNotice notice) => notice switch
    {
        { IsReachable: true } => $"others can reach this peer at {notice.Port}",
        { IsCalledBack: true } =>
            $"others cannot connect to {notice.Port} of this peer; they are called back, unless they cannot be reached either. {CallAdvice}",
        _ => $"warning: others cannot hear your songs, because the tracker could not connect to {notice.Port}; {Advice}. "
            + "You can still listen to others",
    };

    private static string Remedy(ReachState state) => state switch
    {
        { IsCalledBack: true, Mapping: { } mapping } => $" ({mapping}); they are called back",
        { IsCalledBack: true } => "; they are called back",
        { Mapping: { } mapping } => $" ({mapping})",
        _ => "",
    };

    private static string Place(ReachState state) => state.ListedAt is { } listed ? $"{listed}" : $"port {state.Port}";
}
