using System.Buffers.Binary;
using System.Text;

namespace TspActors.Mpeg.Tests.Material;

/// <summary>Makes MP3 frames with valid headers and meaningless content.</summary>
public static class Mp3Frames
{
    /// <summary>MPEG-1 Layer III, 128 kbit/s, 44.1 kHz, stereo: 417 bytes.</summary>
    public static readonly byte[] Header128 = [0xFF, 0xFB, 0x90, 0x00];

    /// <summary>The same format at 64 kbit/s: 208 bytes.</summary>
    public static readonly byte[] Header64 = [0xFF, 0xFB, 0x50, 0x00];

    /// <summary>MPEG-2 Layer III, 64 kbit/s, 24 kHz, mono: 192 bytes.</summary>
    public static readonly byte[] Header24k = [0xFF, 0xF3, 0x84, 0xC0];

    /// <summary>Makes one frame whose content never looks like a header.</summary>
    public static byte[] Frame(byte[]? header = null, int seed = 1)
    {
        header ??= Header128;
        Assert.True(Mp3FrameHeader.TryParse(header, out var parsed));
        var frame = Junk(parsed.FrameBytes, seed);
        header.CopyTo(frame, 0);
        return frame;
    }

    /// <summary>Makes consecutive frames, each with different content.</summary>
    public static byte[] Frames(int count, byte[]? header = null, int seed = 1) =>
        Join([.. Enumerable.Range(0, count).Select(number => Frame(header, seed * 1000 + number))]);

    /// <summary>Makes consecutive frames in free format: MPEG-1 at 44.1 kHz in stereo unless another header is given.</summary>
    /// <param name="count">The number of frames.</param>
    /// <param name="length">The length of a frame without padding.</param>
    /// <param name="header">A header with bitrate index 0.</param>
    /// <param name="isPadded">Returns whether the frame with the given number has the padding bit and one more byte.</param>
    /// <param name="seed">Varies the content.</param>
    public static byte[] FreeFrames(int count, int length, byte[]? header = null, Func<int, bool>? isPadded = null, int seed = 1) =>
        Join([.. Enumerable.Range(0, count).Select(number =>
        {
            var padding = isPadded?.Invoke(number) == true ? 1 : 0;
            var frame = Junk(length + padding, seed * 1000 + number);
            (header ?? [0xFF, 0xFB, 0x00, 0x00]).CopyTo(frame, 0);
            frame[2] |= (byte)(padding << 1);
            return frame;
        })]);

    /// <summary>Makes a frame with the marker of an info frame and meaningless fields.</summary>
    public static byte[] InfoFrame(string marker = "Xing")
    {
        var frame = Frame();
        Encoding.ASCII.GetBytes(marker).CopyTo(frame, 36);
        return frame;
    }

    /// <summary>Makes a Xing or Info frame as LAME writes it, with all fields.</summary>
    public static byte[] LameFrame(string marker, int frames, int delay, int padding, byte[]? header = null, bool shiftedByCrc = false)
    {
        header ??= Header128;
        Assert.True(Mp3FrameHeader.TryParse(header, out var parsed));
        var frame = new byte[parsed.FrameBytes];
        header.CopyTo(frame, 0);
        var at = Mp3FrameHeader.Size + parsed.SideInfoBytes + (shiftedByCrc ? 2 : 0);
        Encoding.ASCII.GetBytes(marker).CopyTo(frame, at);
        frame[at + 7] = 0x0F;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(at + 8), frames);
        for (var entry = 0; entry < 100; entry++)
            frame[at + 16 + entry] = (byte)(entry * 255 / 99);
        var gaps = frame.AsSpan(at + 120 + 21);
        gaps[0] = (byte)(delay >> 4);
        gaps[1] = (byte)(delay << 4 | padding >> 8);
        gaps[2] = (byte)padding;
        return frame;
    }

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    /// <summary>Makes random bytes that contain no frame sync.</summary>
    public static byte[] Junk(int length, int seed = 7)
    {
        var junk = new byte[length];
        new Random(seed).NextBytes(junk);
        for (var index = 0; index < length; index++)
            junk[index] &= 0x7F;
        return junk;
    }
}
