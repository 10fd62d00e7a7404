using System.IO.Compression;
using TspActors.Media.Tags;

namespace TspActors.Media.Tests;

public sealed class InflateBudgetSpecs
{
    [Fact]
    public void Each_frame_reduces_the_budget_by_its_unpacked_length()
    {
        var budget = new InflateBudget(10_000);
        Assert.Equal(4000, budget.Inflate(Zipped(4000), 8000)!.Length);
        Assert.Equal(6000, budget.Left);
        Assert.Equal(2000, budget.Inflate(Zipped(4000), 2000)!.Length);
        Assert.Equal(4000, budget.Inflate(Zipped(9000), 9000)!.Length);
        Assert.Equal(0, budget.Left);
        Assert.Null(budget.Inflate(Zipped(1), 8000));
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3, 4 })]
    // A preset dictionary.
    [InlineData(new byte[] { 0x78, 0x20, 0, 0, 0, 1, 3, 0 })]
    public void A_damaged_frame_also_reduces_the_budget(byte[] damaged)
    {
        var budget = new InflateBudget(1500);
        Assert.Null(budget.Inflate(damaged, 8000));
        Assert.Equal(476, budget.Left);
        Assert.Null(budget.Inflate(damaged, 8000));
        Assert.Equal(0, budget.Left);
    }

    private static byte[] Zipped(int length)
    {
        using var zipped = new MemoryStream();
        using (var zlib = new ZLibStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(new byte[length]);
        return zipped.ToArray();
    }
}
