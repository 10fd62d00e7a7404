using System.Globalization;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Xunit;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;
using TspActors.Mpeg;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

/// <summary>
/// Checks songs in free format, and payloads that are recognized only by their last frames (docs/protocol.md, section 2).
/// </summary>
public sealed partial class FreeFormatSpecs : IDisposable
{
    private const double Seconds = 1.5;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact("lame", "ffmpeg", "mpg123")]
    public void Durations_in_free_format_agree_with_those_of_other_programs()
    {
        foreach (var (rate, channels) in (ReadOnlySpan<(int, int)>)
            [(48_000, 2), (44_100, 2), (44_100, 1), (32_000, 2), (24_000, 1), (22_050, 2), (16_000, 2)])
        {
            var sound = Native.Wav(_folder, Seconds, rate, channels);
            foreach (var kilobits in (int[])[96, 200, 320, 500, 640])
            {
                foreach (var options in (string[])["", "-t", "-p"])
                {
                    var path = _folder.In("free.mp3");
                    var resample = (rate / 1000.0).ToString(CultureInfo.InvariantCulture);
                    Native.Run("lame", ["--quiet", "--freeformat", "-b", $"{kilobits}", "--resample", resample,
                        .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), sound, path]);
                    Check(path, rate, channels, kilobits, $"{rate} Hz, {channels} channels, {kilobits} kbit/s {options}");
                }
            }
        }
    }

    [Property(MaxTest = 50)]
    public bool Tags_junk_and_damage_do_not_change_the_bounds_of_a_payload_in_free_format(ushort length, byte junk, byte damage, byte cut)
    {
        var frame = 40 + length % 3000;
        var payload = Join(FreeFrames(4, frame, isPadded: number => number % 2 == 0), Junk(damage), FreeFrames(2, frame, seed: 9));
        var rest = FreeFrames(1, frame, seed: 3).AsSpan(0, cut % frame).ToArray();
        var song = Read(Join(Id3v2(3, 0, new byte[100]), Junk(junk), payload, rest, Id3v1("x")));

        return song.Hash == NaiveTree.Root(payload) && song.PayloadLength == payload.Length
            && song.Format.DurationMs == (uint)Math.Round(6 * 1152 / 44.1) && !song.Format.Vbr;
    }

    [Property(MaxTest = 50)]
    public bool Two_frames_that_end_exactly_where_the_audio_ends_are_a_song_after_any_junk(ushort junk, ushort lost, bool isTagged)
    {
        var payload = Frames(2, seed: 5);
        // A first frame that lost bytes, as in a file whose start is damaged.
        var damaged = Frame().AsSpan(0, 4 + lost % 400).ToArray();
        var song = Read(Join(damaged, Junk(junk % 5000), payload, isTagged ? Id3v1("x") : []));

        return song.Hash == NaiveTree.Root(payload) && song.PayloadLength == payload.Length;
    }

    [Property(MaxTest = 50)]
    public bool The_last_frames_after_damage_are_not_lost(byte count, ushort damage)
    {
        var payload = Join(Frames(3), Junk(1 + damage % 3000), Frames(1 + count % 3, seed: 5));

        return Read(Join(payload, Id3v1("x"))).Hash == NaiveTree.Root(payload);
    }

    private SongFile Read(byte[] bytes) => Assert.IsType<SongFile>(SongFile.Read(_folder.Write("song.mp3", bytes)).Entry);

    private static void Check(string path, int rate, int channels, int kilobits, string what)
    {
        var bytes = File.ReadAllBytes(path);
        var song = Assert.IsType<SongFile>(SongFile.Read(path).Entry);
        Assert.True((0, bytes.Length) == (song.PayloadOffset, song.PayloadLength), what);
        Assert.Equal(NaiveTree.Root(bytes), song.Hash);
        Assert.Equal(((uint)rate, (uint)channels, false), (song.Format.SampleRateHz, song.Format.Channels, song.Format.Vbr));

        var frameMs = (rate >= 32_000 ? 1152 : 576) * 1000.0 / rate;
        // mpg123 does not play the Info frame. The last line of its progress gives the total.
        var done = FramesDone().Matches(Native.Run("mpg123", "-t", "-v", "--no-gapless", "--no-resync", path))[^1];
        var played = int.Parse(done.Groups[1].Value, CultureInfo.InvariantCulture)
            + int.Parse(done.Groups[2].Value, CultureInfo.InvariantCulture);
        Assert.True(Math.Abs(song.Format.DurationMs - played * frameMs) < 1, $"{what}: {song.Format.DurationMs} ms, {played} frames");
        // The Info frame adds bytes, but no playing time.
        Assert.InRange(song.Format.BitrateBps, kilobits * 995, kilobits * 1000 * (played + 1.5) / played);
        // ffprobe does not support free format, but LAME states how many frames it wrote.
        Assert.True(!Mp3InfoFrame.TryRead(bytes, out var info) || info.FrameCount == played, what);
    }

    [GeneratedRegex(@"> *(\d+)\+(\d+) ")]
    private static partial Regex FramesDone();
}
