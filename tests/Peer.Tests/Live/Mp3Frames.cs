namespace TspActors.Peer.Tests.Live;

/// <summary>Makes MPEG frames whose bytes are recognizable and contain no second header.</summary>
internal static class Mp3Frames
{
    /// <summary>The number of bytes of a frame of 128 kbit/s and 44.1 kHz without padding.</summary>
    public const int Size = 417;

    /// <summary>The duration of such a frame.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(1152 / 44_100.0);

    private static readonly byte[] Header = [0xFF, 0xFB, 0x90, 0x00];

    /// <summary>Returns frames of 128 kbit/s, 44.1 kHz, stereo.</summary>
    public static byte[] Make(int count, int seed = 1) => Make(count, seed, Header, Size);

    /// <summary>Returns frames of 32 kbit/s, 48 kHz, stereo.</summary>
    public static byte[] MakeOther(int count, int seed = 1) => Make(count, seed, [0xFF, 0xFB, 0x14, 0x00], 96);

    private static byte[] Make(int count, int seed, byte[] header, int size)
    {
        var frames = new byte[count * size];
        for (var i = 0; i < count; i++)
        {
            var frame = frames.AsSpan(i * size, size);
            for (var at = 0; at < size; at++)
                frame[at] = (byte)(((at * 37) + ((seed + i) * 11) + 5) & 0x7F);
            header.CopyTo(frame);
        }

        return frames;
    }
}
