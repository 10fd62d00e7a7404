using TspActors.Peer.Live.Recording;

namespace TspActors.Peer.Tests.Live;

public sealed class RecordingTimeSpecs
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1.5h", 5_400)]
    [InlineData("168h", 604_800)]
    [InlineData("169h", null)]
    [InlineData("0s", null)]
    [InlineData("-1s", null)]
    [InlineData("NaNs", null)]
    [InlineData("Infinitym", null)]
    [InlineData("s", null)]
    [InlineData("30", null)]
    public void A_duration_is_a_number_with_a_unit(string text, int? seconds) =>
        Assert.Equal(seconds, RecordingTime.TryParse(text, out var time) ? (int)time.TotalSeconds : null);
}
