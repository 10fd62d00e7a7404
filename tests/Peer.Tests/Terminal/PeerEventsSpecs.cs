using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Peer.Terminal;
using TspActors.Peer.Tests.Material;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks how events reach a user interface.</summary>
public sealed class PeerEventsSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    [Fact]
    public async Task A_command_that_counts_events_gets_all_of_them_however_late_it_reads()
    {
        const int count = 3_000;
        var events = PeerEvents.SubscribeToAll(Sys);
        var mark = new EventMark(new TaskCompletionSource());
        // The subscription is complete once an event arrives.
        await AwaitAssertAsync(() =>
        {
            Sys.EventStream.Publish(mark);
            Assert.True(events.TryRead(out _));
        }, TimeSpan.FromSeconds(30));

        for (var number = 0; number < count; number++)
            Sys.EventStream.Publish(new SaveOver(null, $"{number}.mp3", null, Idle: false));

        for (var number = 0; number < count;)
        {
            if (await events.ReadAsync() is SaveOver over)
                Assert.Equal($"{number++}.mp3", over.Path);
        }
    }
}
