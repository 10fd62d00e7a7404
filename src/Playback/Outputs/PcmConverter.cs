using System.Runtime.InteropServices;
using NAudio.Dsp;

namespace TspActors.Playback.Outputs;

/// <summary>Converts samples from one format to another, piece by piece, with NAudio's resampler.</summary>
internal sealed class PcmConverter
{
    private const float FullScale = 32768;

    private readonly WdlResampler _resampler = new();
    private readonly PcmFormat _from;
    private readonly PcmFormat _to;
    private float[] _resampled = [];
    private short[] _converted = [];

    internal PcmConverter(PcmFormat from, PcmFormat to)
    {
        (_from, _to) = (from, to);
        _resampler.SetMode(interp: true, filtercnt: 2, sinc: true);
        _resampler.SetFilterParms();
        _resampler.SetFeedMode(true);
        _resampler.SetRates(from.Rate, to.Rate);
    }

    /// <summary>Converts whole sample frames.</summary>
    /// <returns>The converted bytes, valid until the next call. The resampler holds back a few samples.</returns>
    internal ReadOnlySpan<byte> Convert(ReadOnlySpan<byte> pcm)
    {
        var samples = MemoryMarshal.Cast<byte, short>(pcm);
        var frames = samples.Length / _from.Channels;
        var wanted = _resampler.ResamplePrepare(frames, _to.Channels, out var input);
        for (var frame = 0; frame < Math.Min(frames, wanted); frame++)
            Mix(samples.Slice(frame * _from.Channels, _from.Channels), input.Slice(frame * _to.Channels, _to.Channels));
        var most = (int)((long)frames * _to.Rate / _from.Rate) + _to.Rate / 100;
        if (_resampled.Length < most * _to.Channels)
            (_resampled, _converted) = (new float[most * _to.Channels], new short[most * _to.Channels]);
        var count = _resampler.ResampleOut(_resampled, Math.Min(frames, wanted), most, _to.Channels) * _to.Channels;
        for (var i = 0; i < count; i++)
            _converted[i] = (short)Math.Clamp(MathF.Round(_resampled[i] * FullScale), short.MinValue, short.MaxValue);
        return MemoryMarshal.AsBytes(_converted.AsSpan(0, count));
    }

    /// <summary>Returns the samples that the resampler still holds back. Nothing can be converted afterwards.</summary>
    internal ReadOnlySpan<byte> Finish() =>
        Convert(new byte[(int)Math.Ceiling(_resampler.GetCurrentLatency() * _from.Rate) * _from.FrameBytes]);

    private static void Mix(ReadOnlySpan<short> from, Span<float> to)
    {
        if (from.Length == to.Length)
        {
            for (var channel = 0; channel < to.Length; channel++)
                to[channel] = from[channel] / FullScale;
        }
        else if (from.Length == 1)
        {
            to.Fill(from[0] / FullScale);
        }
        else
        {
            to[0] = (from[0] + from[1]) / (2 * FullScale);
        }
    }
}
