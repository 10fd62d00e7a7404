namespace TspActors.Peer.Reaching.Mapping;

/// <summary>The service of a UPnP router that manages port mappings.</summary>
/// <param name="Type">One of <see cref="Types"/>.</param>
/// <param name="Control">The address that requests are sent to.</param>
internal sealed record IgdService(string Type, Uri Control)
{
    /// <summary>The types of such services, best first.</summary>
    public static readonly IReadOnlyList<string> Types =
    [
        "urn:schemas-upnp-org:service:WANIPConnection:2",
        "urn:schemas-upnp-org:service:WANIPConnection:1",
        "urn:schemas-upnp-org:service:WANPPPConnection:1",
    ];
}
