using System.Net;
using TspActors.Configuration;

namespace TspActors.Tracker.Members.Commands;

/// <summary>Chooses the address for an invitation. A tracker does not know where others reach it, so the choice may be a guess.</summary>
internal static class InvitationAddress
{
    /// <summary>Returns the address, and a note for the owner if the address may be wrong.</summary>
    /// <param name="given">The value of --address; null = none.</param>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="machine">The name of this machine.</param>
    /// <exception cref="MembershipException">The port or the host is unknown.</exception>
    public static (HostPort Place, string? Note) Choose(string? given, TrackerSettings settings, string machine)
    {
        int? port = settings.Endpoint.Port == 0 ? null : settings.Endpoint.Port;
        if (given is not null)
            return (HostPort.TryParse(given, port, out var named) ? named : throw NoPort(), null);
        if (settings.Cluster.PublicAddress is { } address && HostPort.TryParse(address, null, out var place))
            return (place, null);
        var bound = settings.Endpoint.Address;
        if (bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any))
            return HostPort.TryParse(machine, port ?? throw NoPort(), out var own)
                ? (own, $"the line uses {own}, the name of this machine; use --address HOST:PORT if friends need a different address")
                : throw new MembershipException("this machine has no usable name; use --address HOST:PORT to say where friends reach this tracker");
        return (
            new HostPort(bound.ToString(), port ?? throw NoPort()),
            IPAddress.IsLoopback(bound) ? $"only this machine can reach {bound}; choose a different one with --address HOST:PORT" : null);
    }

    private static MembershipException NoPort() =>
        new("the tracker uses any free port (tsp.tracker.port = 0), so specify the port as well: --address HOST:PORT");
}
