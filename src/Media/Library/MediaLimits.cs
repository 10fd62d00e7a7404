namespace TspActors.Media.Library;

/// <summary>Limits for reading a single file. The defaults are far above the needs of ordinary files.</summary>
public sealed record MediaLimits
{
    /// <summary>The default limits.</summary>
    public static MediaLimits Default { get; } = new();

    /// <summary>The most bytes between the leading tags and the first frame. A file with more is not treated as an MP3.</summary>
    public long LeadingJunkBytes { get; init; } = 16 << 20;

    /// <summary>The longest text frame of a tag that is read, in bytes. Longer frames are skipped.</summary>
    public int TextFrameBytes { get; init; } = 256 << 10;

    /// <summary>The most bytes to which the compressed frames in all tags of a file are unpacked. Further frames are skipped.</summary>
    public int InflatedBytes { get; init; } = 4 << 20;

    /// <summary>The most frames or items of one tag that are read.</summary>
    public int TagFrames { get; init; } = 10_000;

    /// <summary>
    /// The longest text (title, artist and so on) in bytes of UTF-8. The rest is cut off, because a tracker does not accept longer texts.
    /// </summary>
    public int TextBytes { get; init; } = 1024;
}
