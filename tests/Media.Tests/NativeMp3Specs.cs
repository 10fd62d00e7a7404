using System.Globalization;
using System.Text.RegularExpressions;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

/// <summary>Checks files made by real encoders: the results must agree with a simple in-memory parser, ffprobe and mpg123.</summary>
public sealed partial class NativeMp3Specs : IDisposable
{
    private const double Seconds = 3.3;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact("lame", "ffmpeg", "ffprobe:ffmpeg", "mpg123")]
    public void Measurements_of_files_from_lame_agree_with_those_of_other_programs()
    {
        foreach (var (rate, channels, options) in (ReadOnlySpan<(int, int, string)>)
        [
            (44_100, 2, "-b 128 --cbr"), (44_100, 2, "-b 320 --cbr -p"), (48_000, 2, "-V 2"), (44_100, 1, "-V 0"), (32_000, 2, "--abr 130"),
            (22_050, 2, "-V 4"), (22_050, 1, "-b 32 --cbr -t"), (8_000, 1, "-V 5"), (11_025, 1, "-b 16 --cbr"),
            (44_100, 2, "-b 128 --cbr -t --add-id3v2 --tt Song"), (44_100, 2, "-V 3 --id3v1-only --tt Song"),
            (24_000, 2, "-V 3 --tt Song --tv TXXX=a=b --pad-id3v2-size 5000"),
        ])
        {
            var path = _folder.In("lame.mp3");
            Native.Run("lame", ["--quiet", .. options.Split(' '), Native.Wav(_folder, Seconds, rate, channels), path]);
            Check(path, rate, channels, isVbr: !options.Contains("--cbr", StringComparison.Ordinal), options);
        }
    }

    [NeedsFact("ffmpeg", "ffprobe:ffmpeg", "mpg123")]
    public void Measurements_of_files_from_ffmpeg_agree_with_those_of_other_programs()
    {
        var cover = _folder.In("cover.jpg");
        Native.Run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=640x480", "-frames:v", "1", cover);
        foreach (var (rate, channels, options) in (ReadOnlySpan<(int, int, string)>)
        [
            (44_100, 2, "-b:a 192k -id3v2_version 3 -write_id3v1 1"), (44_100, 2, "-q:a 4 -id3v2_version 4"),
            (16_000, 1, "-b:a 24k -write_xing 0"),
            (12_000, 1, "-q:a 6"), (44_100, 2, $"-i {cover} -map 0 -map 1 -c:v copy -disposition:v attached_pic -b:a 128k"),
        ])
        {
            var path = _folder.In("ffmpeg.mp3");
            Native.Run("ffmpeg", ["-v", "error", "-y", "-i", Native.Wav(_folder, Seconds, rate, channels), .. options.Split(' '),
                "-metadata", "title=Song", path]);
            Check(path, rate, channels, isVbr: options.Contains("-q:a", StringComparison.Ordinal), options);
        }
    }

    internal static void Check(string path, int rate, int channels, bool isVbr, string what)
    {
        var bytes = File.ReadAllBytes(path);
        var song = Assert.IsType<SongFile>(SongFile.Read(path).Entry);
        var (start, end, frames) = NaiveWalk(bytes);
        Assert.True((start, end - start) == (song.PayloadOffset, song.PayloadLength), what);
        Assert.Equal(NaiveTree.Root(bytes[(int)start..(int)end]), song.Hash);
        Assert.Equal(((uint)rate, (uint)channels, isVbr), (song.Format.SampleRateHz, song.Format.Channels, song.Format.Vbr));

        var frameMs = (rate >= 32_000 ? 1152 : 576) * 1000.0 / rate;
        Assert.InRange(song.Format.DurationMs, frames * frameMs - frameMs - 1, frames * frameMs + 1);
        var probed = Native.Run(
            "ffprobe", "-v", "quiet", "-select_streams", "a", "-show_entries", "stream=duration", "-of", "default=nw=1:nk=1", path);
        Assert.InRange(song.Format.DurationMs - double.Parse(probed, CultureInfo.InvariantCulture) * 1000, -frameMs - 1, frameMs + 1);
        // mpg123 shows its progress as "> frames done+frames left"; the last line gives the total.
        var done = FramesDone().Matches(Native.Run("mpg123", "-t", "-v", "--no-gapless", "--no-resync", path))[^1];
        var played = int.Parse(done.Groups[1].Value, CultureInfo.InvariantCulture)
            + int.Parse(done.Groups[2].Value, CultureInfo.InvariantCulture);
        Assert.InRange(song.Format.DurationMs - played * frameMs, -frameMs - 1, frameMs + 1);
    }

    /// <summary>Finds the MP3 frames: skips the tags that these encoders write and moves from header to header.</summary>
    private static (long Start, long End, int Frames) NaiveWalk(byte[] bytes)
    {
        var at = 0;
        if (bytes.AsSpan().StartsWith("ID3"u8))
            at = 10 + (bytes[6] << 21 | bytes[7] << 14 | bytes[8] << 7 | bytes[9]);
        while (bytes[at] != 0xFF)
            at++;
        var start = at;
        var frames = 0;
        for (; at + 4 <= bytes.Length && bytes[at] == 0xFF; frames++)
        {
            var isMpeg1 = (bytes[at + 1] & 0x08) != 0;
            int[] kilobits = isMpeg1
                ? [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
                : [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
            int[] rates =
                (bytes[at + 1] >> 3 & 3) switch { 3 => [44100, 48000, 32000], 2 => [22050, 24000, 16000], _ => [11025, 12000, 8000] };
            at += (isMpeg1 ? 144000 : 72000) * kilobits[bytes[at + 2] >> 4] / rates[bytes[at + 2] >> 2 & 3] + (bytes[at + 2] >> 1 & 1);
        }

        return (start, at, frames);
    }

    [GeneratedRegex(@"> *(\d+)\+(\d+) ")]
    private static partial Regex FramesDone();
}
