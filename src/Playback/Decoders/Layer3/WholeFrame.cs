using NLayer;
using TspActors.Mpeg;

namespace TspActors.Playback.Decoders.Layer3;

/// <summary>A frame for NLayer that contains all of its main data, including the bytes that precede the frame in the stream.</summary>
/// <remarks>
/// NLayer then needs nothing from earlier frames except the audio that overlaps this one, so its decoder can be replaced after an error.
/// </remarks>
internal sealed class WholeFrame : IMpegFrame
{
    private const int MaxSideInfoBytes = 32;

    // Huffman decoders look a few bits ahead.
    private const int ZerosBehind = 8;

    private readonly byte[] _bytes = new byte[MaxSideInfoBytes + MainDataReservoir.MaxBytes + Mp3FrameHeader.MaxFrameBytes + ZerosBehind];
    private Mp3FrameHeader _header;
    private int _length;
    private int _at;

    public int SampleRate => _header.SampleRateHz;

    public int SampleRateIndex { get; private set; }

    public int FrameLength => Mp3FrameHeader.Size + _length;

    public int BitRate => _header.BitrateBps;

    public NLayer.MpegVersion Version => _header.Version switch
    {
        Mpeg.MpegVersion.Mpeg1 => NLayer.MpegVersion.Version1,
        Mpeg.MpegVersion.Mpeg2 => NLayer.MpegVersion.Version2,
        _ => NLayer.MpegVersion.Version25,
    };

    public MpegLayer Layer => MpegLayer.LayerIII;

    public MpegChannelMode ChannelMode { get; private set; }

    public int ChannelModeExtension { get; private set; }

    public int SampleCount => _header.SamplesPerFrame;

    public int BitRateIndex { get; private set; }

    public bool IsCopyrighted => false;

    public bool HasCrc => false;

    public bool IsCorrupted => false;

    /// <summary>Creates a frame of silence.</summary>
    internal static WholeFrame Silent(Mp3FrameHeader header) => new()
    {
        _header = header,
        _length = header.SideInfoBytes + ZerosBehind,
        ChannelMode = header.Channels == 1 ? MpegChannelMode.Mono : MpegChannelMode.Stereo,
    };

    /// <summary>Loads a frame.</summary>
    /// <param name="header">The frame's header.</param>
    /// <param name="frame">The complete frame.</param>
    /// <param name="reservoir">The main data before the frame; the frame's own main data is added to it.</param>
    /// <param name="info">The frame's side information.</param>
    /// <returns>False if the frame is damaged, or if main data before it is missing.</returns>
    internal bool TrySet(Mp3FrameHeader header, ReadOnlySpan<byte> frame, MainDataReservoir reservoir, out Layer3SideInfo info)
    {
        info = default;
        var sideAt = Mp3FrameHeader.Size + (header.HasCrc ? 2 : 0);
        var side = header.SideInfoBytes;
        if (frame.Length < sideAt + side || frame.Length > Mp3FrameHeader.MaxFrameBytes)
            return false;
        info = Layer3SideInfo.Read(header, frame.Slice(sideAt, side));
        var own = frame[(sideAt + side)..];
        var isWhole = reservoir.TryCopyLast(info.MainDataBegin, _bytes.AsSpan(side));
        reservoir.Add(own);
        if (!isWhole || !info.IsPossible || info.Bits > 8 * (info.MainDataBegin + own.Length))
            return false;

        frame.Slice(sideAt, side).CopyTo(_bytes);
        Layer3SideInfo.ClearMainDataBegin(header, _bytes);
        own.CopyTo(_bytes.AsSpan(side + info.MainDataBegin));
        _length = side + info.MainDataBegin + own.Length + ZerosBehind;
        _bytes.AsSpan(_length - ZerosBehind, ZerosBehind).Clear();
        _header = header;
        BitRateIndex = frame[2] >> 4;
        SampleRateIndex = frame[2] >> 2 & 3;
        ChannelMode = (MpegChannelMode)(frame[3] >> 6);
        // The bits are meaningful only in joint stereo, but NLayer applies them in every mode.
        ChannelModeExtension = ChannelMode == MpegChannelMode.JointStereo ? frame[3] >> 4 & 3 : 0;
        _at = 0;
        return true;
    }

    public void Reset() => _at = 0;

    public int ReadBits(int bitCount)
    {
        if (_at + bitCount > 8 * _length)
            return -1;
        if (bitCount == 8 && (_at & 7) == 0)
        {
            _at += 8;
            return _bytes[(_at >> 3) - 1];
        }

        var value = 0;
        for (; bitCount > 0; bitCount--, _at++)
            value = value << 1 | _bytes[_at >> 3] >> (7 - (_at & 7)) & 1;
        return value;
    }
}
