using System.Buffers.Binary;

namespace TspActors.Playback;

/// <summary>
/// How much of a song's last frame the encoder only filled up, as its info frame says. A decoder that was given the song from its start cuts
/// that off by itself; after a seek it has not seen the info frame, and this is what is left to cut.
/// </summary>
internal sealed class EndPadding
{
    // A side info of at most 32 bytes, the Xing part with all its fields, and the LAME part as far as the padding.
    private const int HeadLength = 4 + 32 + 4 + 4 + 4 + 4 + 100 + 4 + 24;

    // What a decoder is late by, which the encoder adds on one side and takes off on the other (GAPLESS_DELAY of libmpg123).
    private const int DecoderDelay = 529;

    // A song in a hundred may be shorter than what is decoded ahead; none needs more than a few of those that follow it.
    private const int Remembered = 16;

    private readonly Dictionary<int, Padding> _ofSongs = [];
    private readonly byte[] _head = new byte[HeadLength];
    private int _headCount;
    private int _song;
    private bool _fromStart = true;

    /// <summary>What is to be cut at the end of the song that is being decoded.</summary>
    public Padding Left => _fromStart ? default : _ofSongs.GetValueOrDefault(_song);

    /// <summary>The next bytes begin a song.</summary>
    public void BeginSong(int song)
    {
        (_song, _headCount, _fromStart) = (song, 0, true);
        _ofSongs.Remove(song - Remembered);
    }

    /// <summary>The next bytes are another place of a song, its start perhaps.</summary>
    public void GoElsewhere(int song) => (_song, _headCount, _fromStart) = (song, 0, false);

    /// <summary>Looks at bytes of the song.</summary>
    public void Look(ReadOnlySpan<byte> mp3)
    {
        if (_headCount == HeadLength)
            return;
        var taken = Math.Min(mp3.Length, HeadLength - _headCount);
        mp3[..taken].CopyTo(_head.AsSpan(_headCount));
        _headCount += taken;
        if (_headCount < HeadLength || !TryRead(_head, out var padding))
            return;
        _ofSongs[_song] = padding;
        _fromStart = true;
    }

    /// <summary>Reads the info frame that opens a payload, as LAME and libavcodec write it.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> head, out Padding padding)
    {
        padding = default;
        if (!FrameHeader.TryRead(head, out var header))
            return false;
        var isVersion1 = header.Version == 3;
        var sideInfo = header.Channels == 1 ? (isVersion1 ? 17 : 9) : isVersion1 ? 32 : 17;
        var info = head[(FrameHeader.Length + sideInfo)..];
        if (!info.StartsWith("Xing"u8) && !info.StartsWith("Info"u8))
            return false;
        var flags = BinaryPrimitives.ReadInt32BigEndian(info[4..]);
        var lame = 8 + ((flags & 1) != 0 ? 4 : 0) + ((flags & 2) != 0 ? 4 : 0) + ((flags & 4) != 0 ? 100 : 0) + ((flags & 8) != 0 ? 4 : 0);
        // Three bytes: 12 bits of delay, 12 bits of padding.
        var samples = ((info[lame + 22] & 0x0f) << 8 | info[lame + 23]) - DecoderDelay;
        padding = new Padding(Math.Max(0, samples), header.SampleRate);
        return true;
    }

    /// <summary>Samples of one channel, at the song's own rate.</summary>
    internal readonly record struct Padding(int Samples, int Rate)
    {
        public int FramesAt(int rate) => Rate == 0 ? 0 : (int)((long)Samples * rate / Rate);
    }
}
