using TspActors.Protocol;

namespace TspActors.Media.Mp3;

/// <summary>The audio payload of an MP3 file (docs/protocol.md section 2): its position in the file, its encoding and its hash.</summary>
/// <param name="Offset">The offset of the first valid Layer III frame.</param>
/// <param name="Length">The length in bytes, up to the end of the last complete frame.</param>
/// <param name="FrameCount">The number of frames that contain audio. A Xing, Info or VBRI frame does not count.</param>
/// <param name="Format">Duration, average bitrate and encoding, measured over all frames.</param>
/// <param name="Hash">The root of the payload's Merkle tree.</param>
/// <param name="Leaves">The leaves of the tree: 32 bytes per 16 KiB block.</param>
internal sealed record Mp3Payload(
    long Offset, long Length, long FrameCount, AudioFormat Format, ContentHash Hash, ReadOnlyMemory<byte> Leaves)
{
    /// <summary>True if the audio ends in the middle of a frame, or earlier than its info frame says.</summary>
    public bool IsCutOff { get; init; }
}

/// <summary>Why a file has no payload.</summary>
internal enum PayloadFault
{
    /// <summary>The file has a payload.</summary>
    None,

    /// <summary>Nothing in the file is MPEG Layer III audio.</summary>
    NotMp3,

    /// <summary>The file begins like MPEG Layer III audio, but contains no complete frame of audio.</summary>
    Truncated,

    /// <summary>There is audio, but even more data of other kinds between its frames, for example because the file has a hole.</summary>
    MostlyJunk,
}
