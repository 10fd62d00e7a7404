using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using NAudio.Wave;
using TspActors.Playback.Outputs;

namespace TspActors.Playback.Tests;

/// <summary>Checks the WAV files that are written, and the conversion of sound whose format changes.</summary>
public sealed class WavFileSpecs : IDisposable
{
    private const int Amplitude = 12_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-wav-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "a.wav");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_samples_follow_a_header_of_44_bytes()
    {
        var pcm = Tone(new PcmFormat(44_100, 2), 440, 0.5);
        Write((new PcmFormat(44_100, 2), pcm));

        var file = File.ReadAllBytes(Path);
        Assert.Equal(pcm, file[44..]);
        Assert.Equal(pcm.Length, BitConverter.ToInt32(file, 40));
    }

    [Fact]
    public void A_drained_file_is_complete_before_it_is_closed()
    {
        using var output = new WavFileOutput(() => Path);
        output.Open(new PcmFormat(44_100, 1));
        output.Write(new byte[2_000], CancellationToken.None);
        Assert.True(output.Drain(CancellationToken.None));

        using var opened = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new WaveFileReader(opened);
        Assert.Equal(2_000, reader.Length);
    }

    [Theory]
    [InlineData(48_000, 2)]
    [InlineData(22_050, 1)]
    [InlineData(8_000, 2)]
    [InlineData(44_100, 1)]
    public void Sound_in_another_format_is_converted_to_the_first_one(int rate, int channels)
    {
        var (first, other) = (new PcmFormat(44_100, 2), new PcmFormat(rate, channels));
        Write((first, Tone(first, 440, 1)), (other, Tone(other, 440, 1)), (first, Tone(first, 440, 1)));

        using var reader = new WaveFileReader(Path);
        Assert.Equal((44_100, 2), (reader.WaveFormat.SampleRate, reader.WaveFormat.Channels));
        Assert.InRange(reader.Length / 4 / 44_100.0, 2.99, 3.01);
        var samples = new byte[reader.Length];
        reader.ReadExactly(samples);
        // The middle of the converted second has the pitch and the level of the original on both channels.
        var middle = MemoryMarshal.Cast<byte, short>(samples).Slice((int)(1.25 * 44_100) * 2, 44_100);
        for (var channel = 0; channel < 2; channel++)
        {
            Assert.InRange(Level(middle, channel) / (Amplitude / Math.Sqrt(2)), 0.98, 1.02);
            Assert.InRange(Crossings(middle, channel), 217, 223);
        }
    }

    [Property(MaxTest = 50)]
    public Property A_conversion_in_pieces_gives_the_same_result_as_a_single_conversion() => Prop.ForAll(
        Gen.Choose(1, 700).NonEmptyListOf().ToArbitrary(),
        pieces =>
        {
            var (from, to) = (new PcmFormat(48_000, 1), new PcmFormat(44_100, 2));
            var pcm = Tone(from, 1_000, 0.2);
            var whole = new PcmConverter(from, to).Convert(pcm).ToArray();
            var converter = new PcmConverter(from, to);
            var joined = new List<byte>();
            for (var (at, piece) = (0, 0); at < pcm.Length; piece++)
            {
                var size = Math.Min(pieces[piece % pieces.Count] * from.FrameBytes, pcm.Length - at);
                joined.AddRange(converter.Convert(pcm.AsSpan(at, size)));
                at += size;
            }

            var common = Math.Min(whole.Length, joined.Count);
            return Math.Abs(whole.Length - joined.Count) < 4 * 64
                && whole.AsSpan(0, common).SequenceEqual(CollectionsMarshal.AsSpan(joined)[..common]);
        });

    private static byte[] Tone(PcmFormat format, double frequency, double seconds)
    {
        var samples = new short[(int)(format.Rate * seconds) * format.Channels];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = (short)(Amplitude * Math.Sin(2 * Math.PI * frequency * (i / format.Channels) / format.Rate));
        return MemoryMarshal.AsBytes(samples.AsSpan()).ToArray();
    }

    private static double Level(ReadOnlySpan<short> samples, int channel)
    {
        var sum = 0.0;
        for (var i = channel; i < samples.Length; i += 2)
            sum += (double)samples[i] * samples[i];
        return Math.Sqrt(sum / (samples.Length / 2));
    }

    private static int Crossings(ReadOnlySpan<short> samples, int channel)
    {
        var count = 0;
        for (var i = channel + 2; i < samples.Length; i += 2)
            count += samples[i - 2] < 0 && samples[i] >= 0 ? 1 : 0;
        return count;
    }

    private void Write(params (PcmFormat Format, byte[] Pcm)[] parts)
    {
        using var output = new WavFileOutput(() => Path);
        foreach (var (format, pcm) in parts)
        {
            output.Open(format);
            Assert.Equal(pcm.Length, output.Write(pcm, CancellationToken.None));
        }

        Assert.True(output.Drain(CancellationToken.None));
    }
}
