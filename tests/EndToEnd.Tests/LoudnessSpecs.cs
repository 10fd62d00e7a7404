using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests;

/// <summary>Measures ReplayGain and crossfades in recordings of what a peer plays.</summary>
public sealed class LoudnessSpecs
{
    private const int HeaderBytes = 44;
    private const int Rate = 44_100;
    private const double Target = 8_000;

    [NeedsFact("lame", "mpg123")]
    public async Task A_loud_and_a_quiet_song_are_equally_loud_and_nothing_clips()
    {
        await using var stage = new Stage();
        await ShareAsync(stage, "loud", Tone(440, 5, 24_000), "-9.54 dB", "0.74");
        await ShareAsync(stage, "quiet", Tone(1_000, 5, 2_000), "+12.04 dB", "0.07");

        var heard = await PlayAsync(stage, [], "loud", "quiet");

        Assert.InRange(heard.Length, 10 * Rate - 200, 10 * Rate + 200);
        Assert.InRange(DecibelsFromTarget(heard.AsSpan()[Rate..(4 * Rate)]), -0.5, 0.5);
        Assert.InRange(DecibelsFromTarget(heard.AsSpan()[(6 * Rate)..(9 * Rate)]), -0.5, 0.5);
        Assert.All(heard, sample => Assert.InRange(sample, -32_767 + 1, 32_767 - 1));
    }

    [NeedsFact("lame", "mpg123")]
    public async Task A_gain_that_would_clip_is_limited_by_the_peak()
    {
        await using var stage = new Stage();
        await ShareAsync(stage, "greedy", Tone(440, 3, 16_000), "+12.00 dB", "0.5");

        var heard = await PlayAsync(stage, [], "greedy");

        // The peak allows only twice the amplitude, which is 6 dB instead of 12.
        Assert.InRange(DecibelsFromTarget(heard.AsSpan()[Rate..(2 * Rate)]) - 20 * Math.Log10(32_000 / Target), -0.5, 0.5);
        Assert.All(heard[Rate..(2 * Rate)], sample => Assert.InRange(sample, -32_767 + 1, 32_767 - 1));
    }

    [NeedsFact("lame", "mpg123")]
    public async Task Without_replay_gain_songs_play_as_they_are()
    {
        await using var stage = new Stage();
        await ShareAsync(stage, "loud", Tone(440, 5, Target), "-9.54 dB", "0.74");

        var heard = await PlayAsync(stage, ["TSP__PEER__LISTENING__REPLAY_GAIN=off"], "loud");

        Assert.InRange(DecibelsFromTarget(heard.AsSpan()[Rate..(4 * Rate)]), -0.5, 0.5);
    }

    [NeedsFact("lame", "mpg123")]
    public async Task With_a_crossfade_two_songs_overlap_at_the_same_loudness()
    {
        await using var stage = new Stage();
        await ShareAsync(stage, "first", Tone(440, 8, 24_000), "-9.54 dB", "0.74");
        await ShareAsync(stage, "second", Tone(1_000, 8, 4_000), "+6.02 dB", "0.13");

        var heard = await PlayAsync(stage, ["--crossfade=3"], "first", "second");

        Assert.InRange(heard.Length, 13 * Rate - 500, 13 * Rate + 500);
        for (var at = Rate; at < 12 * Rate; at += Rate / 4)
            Assert.InRange(DecibelsFromTarget(heard.AsSpan()[at..(at + Rate / 4)]), -0.5, 0.5);
        // In the middle of the overlap, each song has half of the power.
        var middle = heard[(int)(6.25 * Rate)..(int)(6.75 * Rate)];
        Assert.InRange(20 * Math.Log10(Amplitude(middle, 440) / Target), -3.6, -2.4);
        Assert.InRange(20 * Math.Log10(Amplitude(middle, 1_000) / Target), -3.6, -2.4);
        Assert.InRange(Amplitude(heard.AsSpan()[Rate..(4 * Rate)], 1_000), 0, Target / 100);
        Assert.InRange(Amplitude(heard.AsSpan()[(9 * Rate)..(12 * Rate)], 440), 0, Target / 100);
    }

    private static async Task ShareAsync(Stage stage, string title, byte[] wav, string gain, string peak) => stage.Share(
        "alice", $"{title}.mp3",
        [
            .. TagBytes.Id3v23(("TIT2", title), ("TXXX", $"REPLAYGAIN_TRACK_GAIN\0{gain}"), ("TXXX", $"replaygain_track_peak\0{peak}")),
            .. await Songs.EncodeAsync(wav, "-b", "192"),
        ]);

    private static async Task<short[]> PlayAsync(Stage stage, string[] settings, params string[] titles)
    {
        var tracker = await stage.StartTrackerAsync();
        await stage.StartPeerAsync(tracker, "alice");
        var file = stage.Folder.In("heard.wav");
        var options = settings.Where(setting => setting.StartsWith('-'));
        var console = await Stage.ReadyAsync(stage.Start(
            "Peer", [.. stage.PeerArguments(tracker, "carol"), "--audio", $"wav:{file}", .. options], settings.Except(options)));
        var ids = (await Catalog.ListAsync(tracker)).ToDictionary(song => song.Tags.Title, song => song.Id);

        await console.Process.TypeAsync($"play {string.Join(' ', titles.Select(title => ids[title]))}");
        console.Process.EndInput();
        await console.Process.ExitsWithAsync(0);

        Assert.All(titles, title => Assert.Contains($"ended: {title}", console.Process.Errors.Lines));
        return MemoryMarshal.Cast<byte, short>((await File.ReadAllBytesAsync(file)).AsSpan(HeaderBytes)).ToArray();
    }

    private static byte[] Tone(double hertz, double seconds, double amplitude)
    {
        var wav = Songs.Wav(1, seconds, Rate, 1);
        for (var at = 0; at < (int)(seconds * Rate); at++)
            BinaryPrimitives.WriteInt16LittleEndian(
                wav.AsSpan(HeaderBytes + 2 * at), (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * at / Rate)));
        return wav;
    }

    private static double DecibelsFromTarget(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
            sum += (double)sample * sample;
        return 10 * Math.Log10(sum / samples.Length / (Target * Target / 2));
    }

    // Returns the amplitude of one frequency.
    private static double Amplitude(ReadOnlySpan<short> samples, double hertz)
    {
        var (real, imaginary) = (0.0, 0.0);
        for (var at = 0; at < samples.Length; at++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * hertz * at / Rate);
            (real, imaginary) = (real + cos * samples[at], imaginary + sin * samples[at]);
        }

        return 2 * Math.Sqrt(real * real + imaginary * imaginary) / samples.Length;
    }
}
