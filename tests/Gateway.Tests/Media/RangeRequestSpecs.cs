using FsCheck.Xunit;
using TspActors.Gateway.Media;

namespace TspActors.Gateway.Tests.Media;

public class RangeRequestSpecs
{
    [Theory]
    [InlineData("bytes=0-", 0, 1000)]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=0-1", 0, 2)]
    [InlineData("BYTES=10-19", 10, 10)]
    [InlineData("bytes=990-5000", 990, 10)]
    [InlineData("bytes=-128", 872, 128)]
    [InlineData("bytes=-5000", 0, 1000)]
    [InlineData("bytes=999-99999999999999999999999", 999, 1)]
    public void A_range_inside_the_song_is_a_part(string header, long first, long length) =>
        Assert.Equal(new RangeRequest(RangeKind.Part, first, length), RangeRequest.Read(header, 1000));

    [Theory]
    [InlineData("bytes=1000-")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=99999999999999999999-")]
    public void A_range_outside_the_song_is_refused(string header) =>
        Assert.Equal(RangeKind.Outside, RangeRequest.Read(header, 1000).Kind);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=1-2,4-5")]
    [InlineData("bytes=+1-2")]
    [InlineData("lines=1-2")]
    public void Anything_else_is_ignored(string? header) =>
        Assert.Equal(new RangeRequest(RangeKind.Whole, 0, 1000), RangeRequest.Read(header, 1000));

    [Property]
    public bool A_part_never_extends_beyond_the_song(int first, int last, int size)
    {
        var range = RangeRequest.Read($"bytes={first}-{last}", Math.Abs((long)size));
        return range.Kind == RangeKind.Outside
            || (range.First >= 0 && range.Length >= 0 && range.First + range.Length <= Math.Abs((long)size));
    }

    [Property]
    public bool Any_text_can_be_read(string? text) => RangeRequest.Read("bytes=" + text, 10).First is >= 0 and <= 9;
}
