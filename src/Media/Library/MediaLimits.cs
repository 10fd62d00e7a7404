namespace TspActors.Media.Library;

/// <summary>Limits for reading a single file. The defaults are far above what ordinary files need.</summary>
public sealed record MediaLimits
{
    /// <summary>The default limits.</summary>
    public static MediaLimits Default { get; } = new();

    /// <summary>Bytes allowed between the leading tags and the first frame. A file with more is not an MP3.</summary>
    public long LeadingJunkBytes { get; init; } = 16 << 20;

    /// <summary>Longest text frame in a tag that is read, in bytes; longer ones are skipped.</summary>
    public int TextFrameBytes { get; init; } = 256 << 10;

    /// <summary>The most bytes that the compressed frames of all tags of a file are unpacked to; later frames are skipped.</summary>
    public int InflatedBytes { get; init; } = 4 << 20;

    /// <summary>The most frames or items of one tag that are read.</summary>
    public int TagFrames { get; init; } = 10_000;

    /// <summary>Longest text (title, artist and so on) in bytes of UTF-8; the rest is cut off, because a tracker accepts no more.</summary>
    public int TextBytes { get; init; } = 1024;
}
