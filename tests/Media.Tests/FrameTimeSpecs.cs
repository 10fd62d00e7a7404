using FsCheck;
using FsCheck.Xunit;
using TspActors.Media.Mp3;
using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

/// <summary>How long stretches of a payload sound.</summary>
public sealed class FrameTimeSpecs
{
    private const double OneFrame = 1152 / 44_100d;

    [Fact]
    public void Whole_frames_sound_as_long_as_they_are()
    {
        Assert.Equal(10 * OneFrame, FrameTime.Of(Mp3Bytes.Frames(10))!.Value.TotalSeconds, 0.001);
        Assert.Equal(10 * 576 / 24_000d, FrameTime.Of(Mp3Bytes.Frames(10, Mp3Bytes.Header24k))!.Value.TotalSeconds, 0.001);
    }

    [Fact]
    public void What_is_no_music_has_no_time()
    {
        Assert.Null(FrameTime.Of([]));
        Assert.Null(FrameTime.Of(Mp3Bytes.Junk(5000)));
        Assert.Null(FrameTime.Of(Mp3Bytes.Frame()));
        Assert.Null(FrameTime.Of(Mp3Bytes.Header128));
    }

    [Fact]
    public void Junk_between_frames_counts_nothing() =>
        Assert.Equal(
            20 * OneFrame,
            FrameTime.Of(Mp3Bytes.Join(Mp3Bytes.Junk(300), Mp3Bytes.Frames(10), Mp3Bytes.Junk(3000), Mp3Bytes.Frames(10, Mp3Bytes.Header64)))!.Value.TotalSeconds,
            0.001);

    [Property]
    public bool Stretches_add_up_to_the_whole_wherever_it_is_cut(int seed, PositiveInt cuts)
    {
        var random = new System.Random(seed);
        var frames = Enumerable.Range(0, 300).Select(number => Mp3Bytes.Frame(random.Next(2) == 0 ? Mp3Bytes.Header128 : Mp3Bytes.Header64, number)).ToArray();
        var payload = Mp3Bytes.Join(frames);
        // A stretch holds two frames at least, or it is too short to be sure.
        var places = Enumerable.Range(0, cuts.Get % 10).Select(_ => random.Next(1, payload.Length / 1300 - 1) * 1300).Distinct().Select(place => place + random.Next(200));
        int[] at = [0, .. places.Order(), payload.Length];
        var sum = at.Zip(at.Skip(1)).Sum(cut => FrameTime.Of(payload.AsSpan(cut.First..cut.Second))?.TotalSeconds ?? 0);
        return Math.Abs(sum - 300 * OneFrame) < 0.001;
    }

    [Property]
    public bool Any_bytes_are_measured_without_harm(byte[] bytes) => FrameTime.Of(bytes) is null or { Ticks: > 0 };
}
