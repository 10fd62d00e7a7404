using Akka.Actor;
using Microsoft.Extensions.Time.Testing;
using TspActors.Peer.Live.Recording;

namespace TspActors.Peer.Tests.Live;

public sealed class RecordingSinkSpecs
{
    [Fact]
    public async Task A_recording_waits_for_hosts_but_not_forever()
    {
        var time = new FakeTimeProvider();
        await using var stream = new MemoryStream();
        var sink = new RecordingSink(new RecordingTarget(stream, null, null), ActorRefs.Nobody, time);

        Assert.Equal(TimeSpan.FromSeconds(10), sink.Ahead);
        time.Advance(TimeSpan.FromSeconds(115));
        Assert.Equal(TimeSpan.FromSeconds(5), sink.Ahead);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, sink.Ahead);
        await sink.WriteAsync(new byte[10], CancellationToken.None);
        Assert.Equal(TimeSpan.FromSeconds(10), sink.Ahead);
    }

    [Fact]
    public async Task Bytes_beyond_the_end_are_cut()
    {
        await using var stream = new MemoryStream();
        var sink = new RecordingSink(new RecordingTarget(stream, null, null), ActorRefs.Nobody);
        await sink.WriteAsync(new byte[10], CancellationToken.None);

        sink.Cut(7);
        sink.Cut(8);

        Assert.Equal(7, stream.Length);
    }
}
