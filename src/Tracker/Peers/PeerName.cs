namespace TspActors.Tracker.Peers;

/// <summary>Truncates the names of peers. A name is sent with every song that its peer hosts, so it must be short.</summary>
internal static class PeerName
{
    /// <summary>The maximum length in UTF-8 bytes. Longer names are truncated at a character boundary.</summary>
    public const int MaxBytes = 64;

    /// <summary>Returns the name, truncated to the maximum length.</summary>
    public static string Cut(string name)
    {
        var (length, bytes) = (0, 0);
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxBytes)
                break;
            length += rune.Utf16SequenceLength;
        }

        return name[..length];
    }
}
