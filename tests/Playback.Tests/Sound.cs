using System.Runtime.InteropServices;

namespace TspActors.Playback.Tests;

/// <summary>Measures how similar two segments of sound are.</summary>
internal static class Sound
{
    /// <summary>Returns the normalized correlation of two segments, from -1 to 1; 0 if one of them is silent.</summary>
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

    /// <summary>
    /// Finds a segment in a recording by cross-correlation. Returns the best position and the correlation there. The segment and the
    /// recording are interleaved stereo.
    /// </summary>
    public static (int At, double Correlation) Find(ReadOnlySpan<short> segment, ReadOnlySpan<short> recording)
    {
        // A few samples locate the neighbourhood at a hundredth of the cost; then all samples are compared to find the exact position.
        const int step = 8;
        var (near, likeness) = (0, 0.0);
        for (var at = 0; at + segment.Length <= recording.Length; at += step)
        {
            var found = Likeness(segment, recording.Slice(at, segment.Length));
            if (found > likeness)
                (near, likeness) = (at, found);
        }

        var (place, best) = (near, 0.0);
        for (var at = Math.Max(0, near - step); at <= near + step && at + segment.Length <= recording.Length; at += 2)
        {
            var found = Correlation(segment, recording.Slice(at, segment.Length));
            if (found > best)
                (place, best) = (at, found);
        }

        return (place, best);
    }

    public static ReadOnlySpan<short> Samples(ReadOnlySpan<byte> pcm) => MemoryMarshal.Cast<byte, short>(pcm);

    // Compares only some samples of one channel.
    private static double Likeness(ReadOnlySpan<short> one, ReadOnlySpan<short> other)
    {
        const int samples = 200;
        var stride = one.Length / samples / 2 * 2;
        double product = 0, energyOfOne = 0, energyOfOther = 0;
        for (var i = 0; i < one.Length; i += stride)
        {
            product += one[i] * other[i];
            energyOfOne += one[i] * one[i];
            energyOfOther += other[i] * other[i];
        }

        return energyOfOne == 0 || energyOfOther == 0 ? 0 : product / Math.Sqrt(energyOfOne * energyOfOther);
    }
}
