using System.Buffers.Binary;
using System.Diagnostics;

namespace TspActors.Playback.Tests;

/// <summary>Creates real MP3s for the tests: generates sound, writes it as WAV, and encodes it with lame.</summary>
internal static class Songs
{
    private const int WavHeader = 44;

    /// <summary>Encodes a chirp with these arguments for lame.</summary>
    public static byte[] Encode(int rate, int channels, double seconds, params string[] lameArguments) =>
        Encode(new PcmFormat(rate, channels), Chirp(rate, channels, seconds), lameArguments);

    /// <summary>Encodes samples with these arguments for lame.</summary>
    public static byte[] Encode(PcmFormat format, ReadOnlySpan<byte> samples, params string[] lameArguments)
    {
        var folder = Directory.CreateTempSubdirectory("tsp-playback-");
        try
        {
            string wav = Path.Combine(folder.FullName, "a.wav"), mp3 = Path.Combine(folder.FullName, "a.mp3");
            File.WriteAllBytes(wav, [.. WavHeaderOf(format, samples.Length), .. samples]);
            Run("lame", ["--quiet", .. lameArguments, wav, mp3]);
            return File.ReadAllBytes(mp3);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Decodes a song with the program mpg123.</summary>
    public static byte[] DecodeByProgram(byte[] song)
    {
        var folder = Directory.CreateTempSubdirectory("tsp-playback-");
        try
        {
            string wav = Path.Combine(folder.FullName, "a.wav"), mp3 = Path.Combine(folder.FullName, "a.mp3");
            File.WriteAllBytes(mp3, song);
            Run("mpg123", ["-q", "-w", wav, mp3]);
            return SamplesOf(wav);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static byte[] SamplesOf(string wav) => File.ReadAllBytes(wav)[WavHeader..];

    /// <summary>Creates a rising tone, different in each channel, so that no two segments are alike.</summary>
    public static byte[] Chirp(int rate, int channels, double seconds)
    {
        var frames = (int)(rate * seconds);
        var samples = new byte[frames * channels * 2];
        for (var i = 0; i < frames; i++)
        {
            var t = (double)i / rate;
            for (var channel = 0; channel < channels; channel++)
            {
                var sample = (short)(12000 * Math.Sin(2 * Math.PI * (300 + 200 * channel + 150 * t) * t));
                BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan((i * channels + channel) * 2), sample);
            }
        }

        return samples;
    }

    /// <summary>Creates low-pass filtered noise: no two segments are alike, and encoders preserve it well.</summary>
    public static byte[] Noise(PcmFormat format, double seconds, int seed)
    {
        var random = new Random(seed);
        var samples = new byte[(int)(format.Rate * seconds) * format.FrameBytes];
        var levels = new double[format.Channels];
        for (var i = 0; i < samples.Length / 2; i++)
        {
            ref var level = ref levels[i % format.Channels];
            level = 0.95 * level + (random.NextDouble() - 0.5) * 4000;
            BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(i * 2), (short)level);
        }

        return samples;
    }

    private static byte[] WavHeaderOf(PcmFormat format, int length)
    {
        var header = new byte[WavHeader];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), WavHeader - 8 + length);
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), (short)format.Channels);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), format.Rate);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), format.Rate * format.FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(32), (short)format.FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(40), length);
        return header;
    }

    private static void Run(string program, string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
