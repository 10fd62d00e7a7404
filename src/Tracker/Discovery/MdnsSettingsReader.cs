using TspActors.Configuration;

namespace TspActors.Tracker.Discovery;

/// <summary>Reads <see cref="MdnsSettings"/> from the tsp.tracker.mdns section.</summary>
internal static class MdnsSettingsReader
{
    public static MdnsSettings Read(SettingsReader section) => new() { Enabled = section.Bool("enabled") };
}
