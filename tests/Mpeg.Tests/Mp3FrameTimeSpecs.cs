using FsCheck;
using FsCheck.Xunit;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Mpeg.Tests;

/// <summary>Checks the measured playing time of ranges of a payload.</summary>
public sealed class Mp3FrameTimeSpecs
{
    private const double OneFrame = 1152 / 44_100d;

    [Fact]
    public void The_playing_time_of_whole_frames_is_exact()
    {
        Assert.Equal(10 * OneFrame, Mp3FrameTime.Measure(Frames(10))!.Value.TotalSeconds, 0.001);
        Assert.Equal(10 * 576 / 24_000d, Mp3FrameTime.Measure(Frames(10, Header24k))!.Value.TotalSeconds, 0.001);
    }

    [Fact]
    public void Bytes_without_two_consecutive_frames_have_no_playing_time()
    {
        Assert.Null(Mp3FrameTime.Measure([]));
        Assert.Null(Mp3FrameTime.Measure(Junk(5000)));
        Assert.Null(Mp3FrameTime.Measure(Frame()));
        Assert.Null(Mp3FrameTime.Measure(Header128));
    }

    [Fact]
    public void Junk_between_frames_adds_no_playing_time() =>
        Assert.Equal(
            20 * OneFrame, Mp3FrameTime.Measure(Join(Junk(300), Frames(10), Junk(3000), Frames(10, Header64)))!.Value.TotalSeconds, 0.001);

    [Property]
    public bool The_times_of_all_ranges_add_up_wherever_the_payload_is_cut(int seed, PositiveInt cuts)
    {
        var random = new System.Random(seed);
        var frames = Enumerable.Range(0, 300).Select(number => Frame(random.Next(2) == 0 ? Header128 : Header64, number)).ToArray();
        var payload = Join(frames);
        // At least two frames begin in every range, because a single frame is not recognized.
        var places = Enumerable.Range(0, cuts.Get % 10).Select(
            _ => random.Next(1, payload.Length / 1300 - 1) * 1300).Distinct().Select(place => place + random.Next(200));
        int[] at = [0, .. places.Order(), payload.Length];
        var sum = at.Zip(at.Skip(1)).Sum(cut => Mp3FrameTime.Measure(payload.AsSpan(cut.First..cut.Second))?.TotalSeconds ?? 0);
        return Math.Abs(sum - 300 * OneFrame) < 0.001;
    }

    [Property]
    public bool Arbitrary_bytes_never_make_the_measurement_throw(byte[] bytes) => Mp3FrameTime.Measure(bytes) is null or { Ticks: > 0 };
}
