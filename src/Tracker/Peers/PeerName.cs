namespace TspActors.Tracker.Peers;

/// <summary>The name of a peer, as everybody is told it: with every host of every song, so it must be short.</summary>
internal static class PeerName
{
    /// <summary>The most bytes of UTF-8. A longer name is cut between two characters.</summary>
    public const int MaxBytes = 64;

    /// <summary>Returns as much of the name as everybody is told.</summary>
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
