using System.Buffers.Binary;
using System.Globalization;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Music;

/// <summary>Makes real MP3s with lame.</summary>
public static class Songs
{
    private static readonly Lazy<Task<byte[]>> Bulky = new(MakeBulkyAsync);

    /// <summary>
    /// Returns a song of 10 minutes at 320 kbit/s, 24 MB. The buffers between two programs are smaller, so if a requester reads nothing,
    /// its host gets stuck in the middle of the song.
    /// </summary>
    public static Task<byte[]> BulkyAsync() => Bulky.Value;

    /// <summary>Encodes a tone of the given length at 128 kbit/s. Each pitch makes a different song.</summary>
    public static Task<byte[]> ToneAsync(int pitch, double seconds = 2) => EncodeAsync(Wav(pitch, seconds, 44_100, 2), "-b", "128");

    /// <summary>Returns a song at 128 kbit/s that repeats a few seconds, which takes a fraction of the time to encode.</summary>
    public static async Task<byte[]> LongAsync(TimeSpan duration)
    {
        const int seconds = 20;
        var part = await EncodeAsync(Wav(440, seconds, 44_100, 2), "-b", "128", "-t", "--nores");
        return [.. Enumerable.Repeat(part, (int)(duration.TotalSeconds / seconds)).SelectMany(bytes => bytes)];
    }

    /// <summary>Encodes a WAV file.</summary>
    public static async Task<byte[]> EncodeAsync(byte[] wav, params string[] lame)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder.In("song.wav"), wav);
        await Native.RunAsync("lame", ["--quiet", .. lame, folder.In("song.wav"), folder.In("song.mp3")]);
        return await File.ReadAllBytesAsync(folder.In("song.mp3"));
    }

    /// <summary>Returns a WAV file of a slightly rising tone with some noise, so that a variable bitrate really varies.</summary>
    public static byte[] Wav(int pitch, double seconds, int rate, int channels)
    {
        var samples = (int)(seconds * rate);
        var wav = new byte[44 + samples * channels * 2];
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
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), wav.Length - 44);
        var noise = new Random(pitch);
        for (var sample = 0; sample < samples; sample++)
        {
            var time = (double)sample / rate;
            for (var channel = 0; channel < channels; channel++)
            {
                var level = 8000 * Math.Sin(2 * Math.PI * (pitch + channel * 3) * time * (1 + time / 40))
                    + noise.Next(-1500, 1500) * (time % 1);
                BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(44 + (sample * channels + channel) * 2), (short)level);
            }
        }

        return wav;
    }

    // With --nores, no frame uses space in an earlier frame, so the frames can be repeated.
    private static async Task<byte[]> MakeBulkyAsync()
    {
        var frames = await EncodeAsync(Wav(333, 10, 44_100, 2), "-b", "320", "-t", "--nores");
        return [.. Enumerable.Repeat(frames, 60).SelectMany(part => part)];
    }

    /// <summary>Formats a number as lame and ffmpeg expect it.</summary>
    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
