using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

/// <summary>
/// Checks 66 files from two encoders in various modes, with various tag versions and text encodings. Their durations must match ffprobe
/// and mpg123 to within one frame, and their tags must match ffprobe.
/// </summary>
public sealed class SongMatrixSpecs : IDisposable
{
    private const double Seconds = 0.7;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact("ffmpeg", "ffprobe:ffmpeg", "mpg123")]
    public void Files_from_ffmpeg_are_read_in_several_modes_with_several_tag_versions_and_text_encodings()
    {
        foreach (var (rate, channels, mode) in (ReadOnlySpan<(int, int, string)>)[(44_100, 2, "-b:a 128k"), (48_000, 1, "-q:a 5"),
            (22_050, 2, "-q:a 3"), (16_000, 1, "-b:a 32k")])
        {
            var sound = Native.Wav(_folder, Seconds, rate, channels);
            foreach (var tag in (ReadOnlySpan<string>)["-id3v2_version 3", "-id3v2_version 4", "-id3v2_version 3 -write_id3v1 1"])
            {
                foreach (var title in (ReadOnlySpan<string>)["Plain", "Ärger", "音楽🎵"])
                {
                    var path = _folder.In("song.mp3");
                    Native.Run("ffmpeg", [
                        "-v", "error", "-y", "-i", sound, .. mode.Split(' '), .. tag.Split(' '),
                        "-metadata", $"title={title}", "-metadata", $"artist={title} band", "-metadata", "date=1999", "-metadata",
                        "track=3/9", path]);
                    NativeMp3Specs.Check(
                        path, rate, channels, isVbr: mode.Contains("-q:a", StringComparison.Ordinal), $"{mode} {tag} {title}");
                    TagMatrixSpecs.Compare(path, title);
                }
            }
        }
    }

    [NeedsFact("lame", "ffmpeg", "ffprobe:ffmpeg", "mpg123")]
    public void Files_from_lame_are_read_in_several_modes_with_several_tag_versions()
    {
        foreach (var (rate, channels, mode) in (ReadOnlySpan<(int, int, string)>)
        [
            (44_100, 2, "-b 192 --cbr"), (44_100, 2, "-V 4"), (32_000, 1, "--abr 96"), (24_000, 2, "-V 6"), (11_025, 1, "-b 24 --cbr -t"),
            (48_000, 2, "-b 320 --cbr -p"),
        ])
        {
            var sound = Native.Wav(_folder, Seconds, rate, channels);
            foreach (var tag in (ReadOnlySpan<string>)["--id3v1-only", "--id3v2-only --id3v2-latin1", "--id3v2-only --id3v2-utf16",
                "--add-id3v2", "--pad-id3v2-size 3000"])
            {
                var path = _folder.In("song.mp3");
                Native.Run("lame", ["--quiet", .. mode.Split(' '), .. tag.Split(' '), "--tt", "Song", "--ta", "Band", "--ty", "1984",
                    "--tn", "5", sound, path]);
                NativeMp3Specs.Check(path, rate, channels, isVbr: !mode.Contains("--cbr", StringComparison.Ordinal), $"{mode} {tag}");
                TagMatrixSpecs.Compare(path, "Song");
            }
        }
    }
}
