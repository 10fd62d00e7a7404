using System.Runtime.InteropServices;

namespace TspActors.Playback.Tests;

/// <summary>How like two pieces of sound are.</summary>
internal static class Sound
{
    /// <summary>Normalized correlation of samples at the same places, -1 to 1; 0 where one is silence.</summary>
    public static double Correlation(ReadOnlySpan<short> one, ReadOnlySpan<short> other)
    {
        double product = 0, energyOfOne = 0, energyOfOther = 0;
        for (var i = 0; i < Math.Min(one.Length, other.Length); i++)
        {
            product += (double)one[i] * other[i];
            energyOfOne += (double)one[i] * one[i];
            energyOfOther += (double)other[i] * other[i];
        }

        return energyOfOne == 0 || energyOfOther == 0 ? 0 : product / Math.Sqrt(energyOfOne * energyOfOther);
    }

    public static ReadOnlySpan<short> Samples(ReadOnlySpan<byte> pcm) => MemoryMarshal.Cast<byte, short>(pcm);
}
