using System.Runtime.InteropServices;
using NAudio.Dsp;

namespace TspActors.SoundCheck;

/// <summary>Finds pieces of songs in a recording by their normalised correlation.</summary>
internal sealed class Finder
{
    private readonly float[] _recording;
    private readonly double[] _energy;
    private readonly int _order;
    private readonly Complex[] _spectrum;

    /// <param name="recording">The samples of one channel.</param>
    public Finder(float[] recording)
    {
        _recording = recording;
        _energy = new double[recording.Length + 1];
        for (var i = 0; i < recording.Length; i++)
            _energy[i + 1] = _energy[i] + ((double)recording[i] * recording[i]);
        _order = (int)Math.Ceiling(Math.Log2(recording.Length + 44_100));
        _spectrum = Transform(recording);
    }

    /// <summary>Reads the left channel of 16-bit stereo samples.</summary>
    public static float[] Load(string path)
    {
        var samples = MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(path));
        var left = new float[samples.Length / 2];
        for (var i = 0; i < left.Length; i++)
            left[i] = samples[i * 2] / 32768f;
        return left;
    }

    /// <summary>Returns where in the recording the piece is, and how well it correlates there.</summary>
    public (int Position, double Correlation) Find(ReadOnlySpan<float> piece)
    {
        var product = Transform(piece);
        for (var i = 0; i < product.Length; i++)
            product[i] = Times(_spectrum[i], product[i]);
        FastFourierTransform.FFT(false, _order, product);
        var best = (Position: 0, Score: float.MinValue);
        for (var i = 0; i + piece.Length <= _recording.Length; i++)
        {
            // The score is relative to the energy of the place. Otherwise, a loud place elsewhere would win.
            var energy = (float)Math.Sqrt(_energy[i + piece.Length] - _energy[i]);
            if (energy > 1e-3f && product[i].X / energy > best.Score)
                best = (i, product[i].X / energy);
        }

        return (best.Position, Correlation(_recording.AsSpan(best.Position, piece.Length), piece));
    }

    private static double Correlation(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double product = 0, firstEnergy = 0, secondEnergy = 0;
        for (var i = 0; i < first.Length; i++)
        {
            product += (double)first[i] * second[i];
            firstEnergy += (double)first[i] * first[i];
            secondEnergy += (double)second[i] * second[i];
        }

        return product / Math.Sqrt(Math.Max(firstEnergy * secondEnergy, double.Epsilon));
    }

    private static Complex Times(Complex first, Complex conjugated) => new()
    {
        X = (first.X * conjugated.X) + (first.Y * conjugated.Y),
        Y = (first.Y * conjugated.X) - (first.X * conjugated.Y),
    };

    private Complex[] Transform(ReadOnlySpan<float> samples)
    {
        var padded = new Complex[1 << _order];
        for (var i = 0; i < samples.Length; i++)
            padded[i].X = samples[i];
        FastFourierTransform.FFT(true, _order, padded);
        return padded;
    }
}
