using System.Buffers.Binary;

namespace TspActors.Playback.Frames;

/// <summary>The frame without sound that opens most songs and tells how many frames follow and which of their samples the encoder has added.</summary>
/// <param name="Header">The frame's own header.</param>
/// <param name="Frames">Frames that follow; 0 where it does not say.</param>
/// <param name="Delay">Samples of one channel added at the start, without a decoder's own delay.</param>
/// <param name="Padding">Samples of one channel added at the end, a decoder's own delay included.</param>
internal readonly record struct InfoFrame(FrameHeader Header, int Frames, int Delay, int Padding)
{
    /// <summary>Bytes of a frame that are enough to read it: a side info of at most 32, the Xing part with all its fields, and LAME's as far as the padding.</summary>
    internal const int HeadLength = FrameHeader.Length + 32 + 4 + 4 + 4 + 4 + 100 + 4 + 24;

    /// <summary>What a Layer III decoder is late by, in samples (GAPLESS_DELAY of libmpg123).</summary>
    internal const int DecoderDelay = 529;

    /// <summary>Whether delay and padding are told at all.</summary>
    internal bool TellsPadding => Delay != 0 || Padding != 0;

    /// <summary>Samples at the end of the last frame that are not the song's.</summary>
    internal int SamplesToCut => Math.Max(0, Padding - DecoderDelay);

    /// <summary>Reads it as LAME and libavcodec write it (Xing or Info).</summary>
    internal static bool TryRead(ReadOnlySpan<byte> head, out InfoFrame info)
    {
        info = default;
        if (head.Length < HeadLength || !FrameHeader.TryRead(head, out var header))
            return false;
        var isVersion1 = header.Version == 3;
        var sideInfo = header.Channels == 1 ? (isVersion1 ? 17 : 9) : isVersion1 ? 32 : 17;
        var xing = head[(FrameHeader.Length + sideInfo)..];
        if (!xing.StartsWith("Xing"u8) && !xing.StartsWith("Info"u8))
            return false;
        var flags = BinaryPrimitives.ReadInt32BigEndian(xing[4..]);
        var frames = (flags & 1) == 0 ? 0 : BinaryPrimitives.ReadInt32BigEndian(xing[8..]);
        var lame = 8 + ((flags & 1) != 0 ? 4 : 0) + ((flags & 2) != 0 ? 4 : 0) + ((flags & 4) != 0 ? 100 : 0) + ((flags & 8) != 0 ? 4 : 0);
        // Three bytes: 12 bits of delay, 12 bits of padding.
        var delay = xing[lame + 21] << 4 | xing[lame + 22] >> 4;
        var padding = (xing[lame + 22] & 0x0f) << 8 | xing[lame + 23];
        info = new InfoFrame(header, Math.Max(0, frames), delay, padding);
        return true;
    }
}
