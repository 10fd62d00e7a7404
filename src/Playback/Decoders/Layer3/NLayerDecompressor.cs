using System.Runtime.InteropServices;
using NLayer;
using TspActors.Mpeg;

namespace TspActors.Playback.Decoders.Layer3;

/// <summary>
/// NLayer, a decoder written in C#, for frames of one format. A frame that it cannot decode becomes silence of the same length.
/// </summary>
internal sealed class NLayerDecompressor : IFrameDecompressor
{
    // Music can exceed full scale slightly. Anything more than 24 dB above full scale is noise from a damaged frame.
    private const float MaxPeak = 16;
    private const int MaxSamples = 2 * 1152;

    private readonly MainDataReservoir _reservoir = new();
    private readonly WholeFrame _frame = new();
    private readonly float[] _samples = new float[MaxSamples];
    private readonly Action? _refused;
    private MpegFrameDecoder? _decoder;

    static NLayerDecompressor() => NLayerCorrections.CorrectTables();

    /// <param name="refused">Called for every intact frame that NLayer would turn into noise.</param>
    internal NLayerDecompressor(Action? refused = null) => _refused = refused;

    public int Decompress(ReadOnlySpan<byte> frame, Span<byte> pcm)
    {
        if (!Mp3FrameHeader.TryParseFrame(frame, out var header))
            return 0;
        var samples = MemoryMarshal.Cast<byte, short>(pcm)[..(header.SamplesPerFrame * header.Channels)];
        if (!TryDecode(header, frame, samples))
        {
            samples.Clear();
            // The state that NLayer keeps from this frame must not be mixed into the next one.
            _decoder = null;
        }

        return samples.Length * sizeof(short);
    }

    public void Interrupt() => _reservoir.Clear();

    public void Dispose()
    {
    }

    private bool TryDecode(Mp3FrameHeader header, ReadOnlySpan<byte> frame, Span<short> samples)
    {
        if (!_frame.TrySet(header, frame, _reservoir, out var info))
            return false;
        if (IsNoise(header, info))
        {
            _refused?.Invoke();
            return false;
        }

        var decoded = _samples.AsSpan(0, samples.Length);
        try
        {
            _decoder ??= NewDecoder(header);
            return _decoder.DecodeFrame(_frame, decoded) == samples.Length && TryConvert(decoded, samples);
        }
#pragma warning disable CA1031 // If a frame is damaged, NLayer throws whatever its arrays throw.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    // NLayer cannot decode mixed blocks, which hardly any encoder uses. At 8 kHz, it also ends the first region of short blocks too early.
    private static bool IsNoise(Mp3FrameHeader header, Layer3SideInfo info) =>
        info.HasMixedBlocks || header.SampleRateHz == 8000 && info.HasSplitShortBlocks;

    // A silent frame makes the decoder choose its tables, so that they can be corrected.
    private static MpegFrameDecoder NewDecoder(Mp3FrameHeader header)
    {
        var decoder = new MpegFrameDecoder();
        decoder.DecodeFrame(WholeFrame.Silent(header), new float[MaxSamples]);
        NLayerCorrections.CorrectWindows(decoder);
        return decoder;
    }

    private static bool TryConvert(ReadOnlySpan<float> decoded, Span<short> samples)
    {
        for (var i = 0; i < decoded.Length; i++)
        {
            // The negation also catches NaN, for which every comparison is false.
            if (!(Math.Abs(decoded[i]) <= MaxPeak))
                return false;
            samples[i] = (short)Math.Clamp(MathF.Round(decoded[i] * 32768), short.MinValue, short.MaxValue);
        }

        return true;
    }
}
