using System.Buffers.Binary;
using System.Diagnostics;

namespace TspActors.Benchmarks.Decoders;

/// <summary>Encodes sound with lame or ffmpeg: tones with attacks, for which encoders use all kinds of blocks.</summary>
internal sealed class SongMaker(string folder)
{
    internal const double Seconds = 3;
    private const int WavHeader = 44;

    /// <summary>Encodes with lame at the sample rate itself.</summary>
    internal TestSong Lame(string group, int rate, int channels, params string[] arguments)
    {
        var mp3 = Run("lame", rate, channels, wav => ["--quiet", "--resample", $"{rate / 1000.0}", .. arguments, wav, PathOf("a.mp3")]);
        var hasTag = !arguments.Contains("-t");
        return new TestSong(group, $"lame {rate} {channels} {string.Join(' ', arguments)}", mp3, hasTag ? SamplesAt(rate) : 0);
    }

    /// <summary>Encodes with ffmpeg.</summary>
    internal TestSong Ffmpeg(string group, int rate, int channels, params string[] arguments)
    {
        var mp3 = Run(
            "ffmpeg", rate, channels, wav => ["-v", "error", "-y", "-i", wav, "-c:a", "libmp3lame", .. arguments, PathOf("a.mp3")]);
        return new TestSong(group, $"ffmpeg {rate} {channels} {string.Join(' ', arguments)}", mp3, SamplesAt(rate));
    }

    private static int SamplesAt(int rate) => (int)(rate * Seconds);

    private string PathOf(string name) => Path.Combine(folder, name);

    private byte[] Run(string program, int rate, int channels, Func<string, string[]> argumentsFor)
    {
        var wav = PathOf($"{rate}-{channels}.wav");
        if (!File.Exists(wav))
            File.WriteAllBytes(wav, Wav(rate, channels));
        using var process = Process.Start(program, argumentsFor(wav));
        process.WaitForExit();
        return process.ExitCode == 0
            ? File.ReadAllBytes(PathOf("a.mp3"))
            : throw new InvalidOperationException($"{program} {string.Join(' ', argumentsFor(wav))} failed.");
    }

    private static byte[] Wav(int rate, int channels)
    {
        var frames = SamplesAt(rate);
        var file = new byte[WavHeader + frames * channels * 2];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), rate * channels * 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), (short)(channels * 2));
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), file.Length - WavHeader);
        var random = new Random(rate + channels);
        for (var i = 0; i < frames * channels; i++)
        {
            var (frame, channel) = (i / channels, i % channels);
            var time = (double)frame / rate;
            var tone = 6000 * Math.Sin(2 * Math.PI * (300 + 200 * channel + 150 * time) * time);
            // An attack every third of a second.
            var attack = 14000 * Math.Exp(-40 * (time % 0.33)) * (2 * random.NextDouble() - 1);
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(WavHeader + 2 * i), (short)(tone + attack));
        }

        return file;
    }
}
