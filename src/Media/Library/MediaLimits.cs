namespace TspActors.Media.Library;

/// <summary>How much of a file is looked at before it is given up; the defaults are far beyond what honest files need.</summary>
public sealed record MediaLimits
{
    /// <summary>The limits in force where none are given.</summary>
    public static MediaLimits Default { get; } = new();

    /// <summary>Bytes that may stand between the leading tags and the first frame before a file is taken for something else.</summary>
    public long LeadingJunkBytes { get; init; } = 16 << 20;

    /// <summary>Longest text frame of a tag that is read; longer ones are skipped.</summary>
    public int TextFrameBytes { get; init; } = 256 << 10;

    /// <summary>Frames or items of one tag that are looked at.</summary>
    public int TagFrames { get; init; } = 10_000;

    /// <summary>Bytes, in UTF-8, that are kept of one text (title, artist and so on); a tracker takes no more.</summary>
    public int TextBytes { get; init; } = 1024;
}
