namespace TspActors.Protocol.Mdns;

/// <summary>The strings in a tracker's TXT record: txtvers=1 v=1 id=KEYID enc=accept|require|off key=0|1.</summary>
internal static class TrackerText
{
    /// <summary>Returns the strings that describe a tracker.</summary>
    public static List<string> Write(TrackerAnnouncement tracker)
    {
        var texts = new List<string> { "txtvers=1", "v=1" };
        if (tracker.KeyId is { } key)
            texts.Add($"id={key}");
        if (WordOf(tracker.Encryption) is { } encryption)
            texts.Add($"enc={encryption}");
        texts.Add(tracker.NeedsKey ? "key=1" : "key=0");
        return texts;
    }

    /// <summary>
    /// Returns the announcement, completed with the values from its strings. Unknown strings are ignored. If two strings have the same key,
    /// the first one counts.
    /// </summary>
    public static TrackerAnnouncement Read(IReadOnlyList<string> texts, TrackerAnnouncement tracker)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in texts)
        {
            var end = text.IndexOf('=', StringComparison.Ordinal);
            if (end > 0)
                values.TryAdd(text[..end], text[(end + 1)..]);
        }

        return tracker with
        {
            KeyId = KeyId.TryParse(values.GetValueOrDefault("id"), out var key) ? key : null,
            Encryption = values.GetValueOrDefault("enc") switch
            {
                "off" => AnnouncedEncryption.Off,
                "accept" => AnnouncedEncryption.Accept,
                "require" => AnnouncedEncryption.Require,
                _ => AnnouncedEncryption.Unknown,
            },
            NeedsKey = values.GetValueOrDefault("key") == "1",
        };
    }

    private static string? WordOf(AnnouncedEncryption encryption) => encryption switch
    {
        AnnouncedEncryption.Off => "off",
        AnnouncedEncryption.Accept => "accept",
        AnnouncedEncryption.Require => "require",
        _ => null,
    };
}
