using TspActors.Protocol;

namespace TspActors.Media.Mp3;

/// <summary>The audio payload of an MP3 file (docs/protocol.md section 2): where it stands, what it is and how it sounds.</summary>
/// <param name="Offset">First byte of the first valid Layer III frame.</param>
/// <param name="Length">Bytes from there to the end of the last complete frame.</param>
/// <param name="FrameCount">Frames that carry sound; an Xing, Info or VBRI frame is not one.</param>
/// <param name="Format">Duration, average bit rate and the rest, measured over every frame.</param>
/// <param name="Hash">Root of the payload's Merkle tree.</param>
/// <param name="Leaves">The tree's leaves: 32 bytes a 16 KiB block.</param>
internal sealed record Mp3Payload(long Offset, long Length, long FrameCount, AudioFormat Format, ContentHash Hash, ReadOnlyMemory<byte> Leaves);

/// <summary>Why a file has no payload.</summary>
internal enum NoPayload
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>Nothing in the file is MPEG Layer III audio.</summary>
    NotMp3,

    /// <summary>It begins like MPEG Layer III but holds not one complete frame of sound.</summary>
    Truncated,
}
