namespace TspActors.Media.Library;

/// <summary>Limits for reading a single file. The defaults are far above the needs of ordinary files.</summary>
public sealed record MediaLimits
{
    /// <summary>The default limits.</summary>
    public static MediaLimits Default { get; } = new();

    /// <summary>
    /// The maximum number of bytes between the leading tags and the first frame. A file with more is not treated as an MP3.
    /// </summary>
    public long LeadingJunkBytes { get; init; } = 16 << 20;

    /// <summary>The maximum length of a text frame in a tag, in bytes. Longer frames are skipped.</summary>
    public int TextFrameBytes { get; init; } = 256 << 10;

    /// <summary>
    /// The maximum total size in bytes to which the compressed frames in all tags of a file may unpack. Further frames are skipped.
    /// </summary>
    public int InflatedBytes { get; init; } = 4 << 20;

    /// <summary>The maximum number of frames or items that are read from one tag.</summary>
    public int TagFrames { get; init; } = 10_000;

    /// <summary>The maximum number of bytes per tag that are searched for frames after damage.</summary>
    public int TagSearchBytes { get; init; } = 4 << 20;

    /// <summary>
    /// The maximum length of a string (title, artist and so on) in bytes of UTF-8. Longer strings are truncated, because trackers do not
    /// accept them.
    /// </summary>
    public int TextBytes { get; init; } = 1024;
}
