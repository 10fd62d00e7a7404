using TspActors.Configuration;
using TspActors.Protocol;

namespace TspActors.Tracker.Members;

/// <summary>Reads the members from the configuration (tsp.tracker.allow).</summary>
internal static class MemberSettingsReader
{
    private const int MaxEntryLength = 200;

    /// <summary>Reads the list: "KEYID" or "name=KEYID".</summary>
    /// <param name="tracker">The reader of the tsp.tracker section.</param>
    public static IReadOnlyList<Member> ReadAllow(SettingsReader tracker)
    {
        var members = new List<Member>();
        var (keys, names) = (new HashSet<KeyId>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        foreach (var text in tracker.TextList("allow", maxLength: MaxEntryLength))
        {
            if (!NamedKey.TryParse(text, out var named))
                tracker.Reject(
                    "allow", $"\"{text}\" does not name a member",
                    "write \"KEYID\" or \"name=KEYID\", with a key id of 32 hexadecimal digits");
            else if (!keys.Add(named.Key) || (named.Name.Length > 0 && !names.Add(named.Name)))
                tracker.Reject("allow", $"another element has the same key id or name as \"{text}\"", "remove one of the two");
            else
                members.Add(new Member(named.Key, named.Name));
        }

        // An empty list must be the same object as the default, because records compare their lists by reference.
        if (members.Count == 0)
            return [];
        return members;
    }
}
