using System.Buffers.Binary;
using System.Diagnostics;

namespace TspActors.Playback.Tests;

/// <summary>Real MP3s for the tests: tones written as WAV by code, encoded by lame.</summary>
internal static class Songs
{
    private const int WavHeader = 44;

    /// <summary>A chirp, encoded with the arguments given to lame.</summary>
    public static byte[] Encode(int rate, int channels, double seconds, params string[] lameArguments)
    {
        var folder = Directory.CreateTempSubdirectory("tsp-playback-");
        try
        {
            string wav = Path.Combine(folder.FullName, "a.wav"), mp3 = Path.Combine(folder.FullName, "a.mp3");
            File.WriteAllBytes(wav, Wav(rate, channels, seconds));
            Run("lame", ["--quiet", .. lameArguments, wav, mp3]);
            return File.ReadAllBytes(mp3);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The samples that the program mpg123 makes of a song.</summary>
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

    private static byte[] Wav(int rate, int channels, double seconds)
    {
        var frames = (int)(rate * seconds);
        var wav = new byte[WavHeader + frames * channels * 2];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), wav.Length - 8);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(22), (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), rate * channels * 2);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), (short)(channels * 2));
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(34), 16);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), wav.Length - WavHeader);
        for (var i = 0; i < frames; i++)
        {
            var t = (double)i / rate;
            for (var channel = 0; channel < channels; channel++)
            {
                var sample = (short)(12000 * Math.Sin(2 * Math.PI * (300 + 200 * channel + 150 * t) * t));
                BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(WavHeader + (i * channels + channel) * 2), sample);
            }
        }

        return wav;
    }

    private static void Run(string program, string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
