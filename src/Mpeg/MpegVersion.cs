namespace TspActors.Mpeg;

/// <summary>The MPEG audio version of a frame. Versions 2 and 2.5 add lower sample rates.</summary>
public enum MpegVersion
{
    /// <summary>MPEG-1: 32, 44.1 and 48 kHz.</summary>
    Mpeg1,

    /// <summary>MPEG-2: 16, 22.05 and 24 kHz.</summary>
    Mpeg2,

    /// <summary>MPEG-2.5, an unofficial extension: 8, 11.025 and 12 kHz.</summary>
    Mpeg25,
}
