using System.Runtime.InteropServices;

namespace TspActors.Playback.Player;

/// <summary>Multiplies samples by their song's gain.</summary>
internal static class PcmGain
{
    /// <summary>Scales samples in place, rounding each to the nearest value that fits.</summary>
    internal static void Apply(Span<byte> pcm, double gain)
    {
        foreach (ref var sample in MemoryMarshal.Cast<byte, short>(pcm))
            sample = ToSample(sample * gain);
    }

    /// <summary>Returns the nearest sample. A value beyond full scale becomes full scale; it does not wrap around.</summary>
    internal static short ToSample(double value) =>
        (short)Math.Clamp(Math.Round(value, MidpointRounding.AwayFromZero), short.MinValue, short.MaxValue);
}
