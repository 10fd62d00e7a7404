using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Streams;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Hosting.Streams;

/// <summary>Checks that streams at full speed use smaller chunks when memory is scarce.</summary>
public sealed class ChunkSizeSpecs
{
    [Theory]
    [InlineData(500, 64L << 20, 64 * 1024)]
    [InlineData(500, 1L << 30, 128 * 1024)]
    [InlineData(500, 0L, 4 * 1024)]
    [InlineData(0, 64L << 20, 128 * 1024)]
    public void The_chunk_size_depends_on_the_memory_and_the_number_of_streams(int streams, long memory, int expected)
    {
        var settings = new HostingSettings { MaxStreams = streams };

        Assert.Equal(expected - FrameHeader.SizeWithLength, ChunkSize.Full(settings, memory));
    }
}
