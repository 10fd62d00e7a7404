using TspActors.Configuration;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting;

/// <summary>Reads <see cref="HostingAccess"/> from the tsp.peer.hosting section.</summary>
internal static class HostingAccessReader
{
    private const int MaxEntryLength = 200;

    /// <summary>Returns true if the configuration key names one of the two lists.</summary>
    public static bool IsKey(string key) => key is "tsp.peer.hosting.allow" or "tsp.peer.hosting.deny";

    /// <summary>Reads allow and deny.</summary>
    public static HostingAccess Read(SettingsReader section)
    {
        var (allow, deny) = (ReadKeys(section, "allow"), ReadKeys(section, "deny"));
        // Without lists, returns the default object itself, because HostingAccess is compared by reference.
        return allow.Count + deny.Count == 0 ? HostingAccess.Everyone : new HostingAccess(allow, deny);
    }

    private static List<NamedKey> ReadKeys(SettingsReader section, string key)
    {
        var keys = new List<NamedKey>();
        foreach (var text in section.TextList(key, maxLength: MaxEntryLength))
        {
            if (NamedKey.TryParse(text, out var named))
                keys.Add(named);
            else
                section.Reject(
                    key, $"\"{text}\" is not a requester", "write \"KEYID\" or \"name=KEYID\", with a key id of 32 hexadecimal digits");
        }

        return keys;
    }
}
