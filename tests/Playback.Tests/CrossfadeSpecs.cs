using System.Runtime.InteropServices;
using FsCheck.Xunit;
using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks how the samples of two songs are mixed.</summary>
public sealed class CrossfadeSpecs
{
    [Fact]
    public void The_power_of_two_unlike_songs_is_the_same_throughout_the_overlap()
    {
        var mixed = Mix(Tone(441, 8_000, 44_100), Tone(1_009, 8_000, 44_100), 1);

        for (var at = 0; at + 4_410 <= mixed.Length; at += 4_410)
            Assert.InRange(Decibels(mixed.AsSpan(at, 4_410)) - Decibels(Tone(441, 8_000, 4_410)), -0.2, 0.2);
    }

    [Fact]
    public void It_begins_as_one_song_and_ends_as_the_other()
    {
        var mixed = Mix(Tone(441, 8_000, 44_100), Tone(1_009, 8_000, 44_100), 1);

        Assert.All(mixed.Zip(Tone(441, 8_000, 44_100)).Take(40), pair => Assert.InRange(pair.First - pair.Second, -20, 20));
        Assert.All(mixed.Zip(Tone(1_009, 8_000, 44_100)).TakeLast(40), pair => Assert.InRange(pair.First - pair.Second, -20, 20));
    }

    [Fact]
    public void Two_loud_songs_are_mixed_without_clipping()
    {
        var mixed = Mix(Tone(441, 32_767, 44_100), Tone(1_009, 32_767, 44_100), 1);

        // A mix that clips has many samples at full scale in a row.
        var full = mixed.Select(sample => Math.Abs((int)sample) >= 32_766).ToList();
        Assert.InRange(full.Zip(full.Skip(1)).Count(pair => pair.First && pair.Second), 0, 20);
    }

    [Fact]
    public void Songs_at_full_scale_stay_there()
    {
        Assert.All(Mix(Constant(short.MaxValue), Constant(short.MaxValue), 2), sample => Assert.Equal(short.MaxValue, sample));
        Assert.All(Mix(Constant(short.MinValue), Constant(short.MinValue), 2), sample => Assert.Equal(short.MinValue, sample));
    }

    [Property(MaxTest = 300)]
    public void Any_mix_lies_between_the_linear_one_and_the_one_of_equal_power(short[] first, short[] second, bool isStereo)
    {
        var channels = isStereo ? 2 : 1;
        var length = Math.Min(first?.Length ?? 0, second?.Length ?? 0) / channels * channels;
        var (ending, beginning) = ((first ?? [])[..length], (second ?? [])[..length]);

        var mixed = Mix(ending, beginning, channels);

        var frames = length / channels;
        for (var i = 0; i < length; i++)
        {
            var done = (i / channels + 0.5) / frames;
            var linear = (1 - done) * ending[i] + done * beginning[i];
            var power = Math.Cos(done * Math.PI / 2) * ending[i] + Math.Sin(done * Math.PI / 2) * beginning[i];
            Assert.InRange(mixed[i], Math.Min(linear, power) - 0.51, Math.Max(linear, power) + 0.51);
        }
    }

    // Measures and mixes section by section, as the player does with blocks.
    private static short[] Mix(short[] ending, short[] beginning, int channels)
    {
        var from = MemoryMarshal.AsBytes<short>(ending).ToArray();
        var to = MemoryMarshal.AsBytes<short>(beginning).ToArray();
        var fade = new Crossfade(ending.Length / channels, channels);
        var size = 14 * channels;
        for (var at = 0; at < to.Length; at += size)
            fade.Measure(from.AsSpan(at, Math.Min(size, to.Length - at)), to.AsSpan(at, Math.Min(size, to.Length - at)), at / 2 / channels);
        for (var at = 0; at < to.Length; at += size)
            fade.Mix(from.AsSpan(at, Math.Min(size, to.Length - at)), to.AsSpan(at, Math.Min(size, to.Length - at)), at / 2 / channels);
        return MemoryMarshal.Cast<byte, short>(to).ToArray();
    }

    private static short[] Constant(short value) => [.. Enumerable.Repeat(value, 1_000)];

    private static short[] Tone(double hertz, double amplitude, int samples) =>
        [.. Enumerable.Range(0, samples).Select(at => (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * at / 44_100)))];

    private static double Decibels(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples)
            sum += (double)sample * sample;
        return 10 * Math.Log10(sum / samples.Length);
    }
}
