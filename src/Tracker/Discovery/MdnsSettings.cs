using TspActors.Transport.Multicast;

namespace TspActors.Tracker.Discovery;

/// <summary>The settings for announcing a tracker on its local networks.</summary>
public sealed record MdnsSettings
{
    /// <summary>Whether the tracker answers multicast DNS queries.</summary>
    public bool Enabled { get; init; }

    /// <summary>The multicast groups, the port and the interfaces. Only tests change them.</summary>
    public MulticastGroup Group { get; init; } = MulticastGroup.Mdns;
}
