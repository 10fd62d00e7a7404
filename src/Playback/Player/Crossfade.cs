using System.Runtime.InteropServices;

namespace TspActors.Playback.Player;

/// <summary>Mixes the end of a song with the start of the next one. Measure the entire overlap first, then mix it.</summary>
/// <remarks>
/// The curve has equal power, because two songs are uncorrelated: a linear curve would make the middle 3 dB too quiet. However, loud
/// samples can then add up to more than full scale. If they do so anywhere in the overlap, the entire overlap is mixed with a curve between
/// linear and equal power, as close to equal power as it can be without clipping. A linear mix never clips
/// (docs/decisions/0078-gain-and-crossfade.md).
/// </remarks>
/// <param name="frames">The length of the overlap in sample frames.</param>
/// <param name="channels">The number of channels.</param>
internal sealed class Crossfade(int frames, int channels)
{
    // 1 = equal power, 0 = linear.
    private double _power = 1;

    /// <summary>Measures one section of the overlap.</summary>
    /// <param name="ending">Samples of the song that is ending.</param>
    /// <param name="beginning">The same number of samples of the song that is beginning.</param>
    /// <param name="at">The position of the section in the overlap, in sample frames.</param>
    internal void Measure(ReadOnlySpan<byte> ending, Span<byte> beginning, int at)
    {
        var from = MemoryMarshal.Cast<byte, short>(ending);
        var to = MemoryMarshal.Cast<byte, short>(beginning);
        for (var i = 0; i < to.Length;)
        {
            var (linear, power) = Curves(at++);
            for (var channel = 0; channel < channels; channel++, i++)
            {
                var wanted = power.Mix(from[i], to[i]);
                var limit = wanted > 0 ? short.MaxValue : short.MinValue;
                var safe = linear.Mix(from[i], to[i]);
                if (Math.Abs(wanted) > Math.Abs((double)limit))
                    _power = Math.Min(_power, Math.Max(0, (limit - safe) / (wanted - safe)));
            }
        }
    }

    /// <summary>Mixes one section of the overlap into the song that is beginning.</summary>
    /// <param name="ending">Samples of the song that is ending.</param>
    /// <param name="beginning">The same number of samples of the song that is beginning, which are replaced.</param>
    /// <param name="at">The position of the section in the overlap, in sample frames.</param>
    internal void Mix(ReadOnlySpan<byte> ending, Span<byte> beginning, int at)
    {
        var from = MemoryMarshal.Cast<byte, short>(ending);
        var to = MemoryMarshal.Cast<byte, short>(beginning);
        for (var i = 0; i < to.Length;)
        {
            var (linear, power) = Curves(at++);
            for (var channel = 0; channel < channels; channel++, i++)
            {
                var safe = linear.Mix(from[i], to[i]);
                to[i] = PcmGain.ToSample(safe + _power * (power.Mix(from[i], to[i]) - safe));
            }
        }
    }

    private (Shares Linear, Shares Power) Curves(int at)
    {
        var done = (at + 0.5) / frames;
        var (sin, cos) = Math.SinCos(done * Math.PI / 2);
        return (new Shares(1 - done, done), new Shares(cos, sin));
    }

    private readonly record struct Shares(double Ending, double Beginning)
    {
        public double Mix(short ending, short beginning) => Ending * ending + Beginning * beginning;
    }
}
