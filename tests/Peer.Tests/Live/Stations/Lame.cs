using System.Diagnostics;
using System.Globalization;
using TspActors.Media.Library;

namespace TspActors.Peer.Tests.Live.Stations;

/// <summary>Makes MP3 files of noise with ffmpeg and lame, and decodes MP3 frames with mpg123.</summary>
internal static class Lame
{
    /// <summary>Makes a file and reads it as a scan does.</summary>
    public static SongFile Make(string path, double seconds, int rate = 44_100, int channels = 2, int seed = 1, params string[] arguments)
    {
        var wav = path + ".wav";
        // There is sound from the first sample to the last, so that any lost or shifted sample is noticed.
        var sound = string.Create(
            CultureInfo.InvariantCulture,
            $"anoisesrc=d={seconds}:r={rate}:c=pink:a=0.4:seed={seed},aeval=val(0)|0.7*val(0)+0.2*sin({300 + seed}*t*2*PI):c=stereo");
        Run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", sound, "-ac", $"{channels}", "-ar", $"{rate}", wav);
        Run("lame", ["--quiet", .. arguments, wav, path]);
        File.Delete(wav);
        return Read(path);
    }

    public static SongFile Read(string path) => Assert.IsType<SongFile>(SongFile.Read(path).Entry);

    public static byte[] Payload(SongFile file) =>
        File.ReadAllBytes(file.Path).AsSpan((int)file.PayloadOffset, (int)file.PayloadLength).ToArray();

    /// <summary>Decodes a file to 16-bit samples, interleaved by channel.</summary>
    public static short[] Decode(string path, bool gapless)
    {
        var raw = path + ".raw";
        Run("mpg123", ["-q", "-s", "--no-resync", gapless ? "--gapless" : "--no-gapless", "-O", raw, path]);
        var bytes = File.ReadAllBytes(raw);
        File.Delete(raw);
        return System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(bytes).ToArray();
    }

    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), $"{program} did not end");
        Assert.True(process.ExitCode == 0, $"{program}: {errors}");
        return errors;
    }
}
