using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Terminal;

namespace TspActors.Peer.Tests.Terminal;

public sealed class ScanDisplaySpecs
{
    [Fact]
    public void File_counts_rate_and_time_left_are_shown() =>
        Assert.Equal("100 of 400 files, 80 read, 10 files/s, 1:30 left", Text(new ScanProgress(100, 400, 80, 1000, 10_000, 0)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 10_000)]
    [InlineData(20_000, 10_000)]
    public void The_time_left_is_not_shown_when_it_is_unknown(long bytesRead, long bytesToRead) =>
        Assert.Equal("100 of 400 files, 80 read, 10 files/s", Text(new ScanProgress(100, 400, 80, bytesRead, bytesToRead, 0)));

    private static string Text(ScanProgress progress) => ScanDisplay.Text(new ScanProgressed(progress, TimeSpan.FromSeconds(10)));
}
