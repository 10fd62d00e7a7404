namespace TspActors.Peer.Live.Sources;

/// <summary>Where the sound of a live feed comes from.</summary>
internal abstract record FeedSource
{
    /// <summary>Songs of this peer's library, for ever.</summary>
    /// <param name="Selection">A folder, a playlist file (.m3u, .m3u8) or the words of a search; empty = all songs.</param>
    public sealed record Station(string Selection) : FeedSource;

    /// <summary>A program that speaks the source protocol of Icecast connects to this peer.</summary>
    /// <param name="Port">The port to open.</param>
    /// <param name="Mount">The mount point, with its leading slash.</param>
    public sealed record Icecast(int Port, string Mount) : FeedSource;

    /// <summary>MP3 on standard input.</summary>
    public sealed record StandardInput : FeedSource;

    /// <summary>MP3 on the standard output of a program, which is started again when it ends.</summary>
    /// <param name="CommandLine">The program and its arguments.</param>
    public sealed record Command(string CommandLine) : FeedSource;
}
