using System.Collections.Concurrent;
using System.Net;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting.Limits;

/// <summary>
/// Checks a host and its listeners together: the listeners wait in the host's queue and respect its retry times until each has the song.
/// </summary>
public sealed class WaitingListenerSpecs(ITestOutputHelper output) : HostSpec(output)
{
    private const int Listeners = 4;

    [Fact]
    public async Task Listeners_of_a_host_with_one_slot_see_their_queue_place_and_receive_the_song_one_after_another()
    {
        // The strictest limits: a listener that asks too soon even once is cut off for longer than this test takes.
        await StartHostAsync(Quick with
        {
            MaxStreams = 1,
            BusyRetryAfter = TimeSpan.FromMilliseconds(500),
            Limits = new HostingLimits
            {
                MaxEarlyRequests = 0,
                IgnorePenalty = Never,
                QueuePlaceGrace = Never,
                SlotHold = Never,
                BusyRetryLongest = TimeSpan.FromSeconds(1)
            },
        });
        var song = new TestSong(2_000_000);
        Share(song);
        Share(new TestSong(20_000_000, seed: 2), 2);
        var host = new Host
        {
            Name = "ann",
            PeerId = ByteString.CopyFrom(PeerId.NewRandom().ToArray()),
            Address = IPAddress.Loopback.ToString(),
            Port = (uint)Address.Port
        };
        var answers = new ConcurrentDictionary<int, Func<object>> { [1] = () => new PlayGrant { Song = song.ToSong(1, host) } };
        var link = Sys.ActorOf(Props.Create(() => new GrantingLink(answers)));
        using var first = await ConnectAsync(receiveBuffer: 64 * 1024);
        await first.Send(Play(2));
        await first.Expect(Operation.Play);
        var settings = new ListeningSettings
        {
            ConnectTimeout = TimeSpan.FromMinutes(1),
            FirstByteTimeout = TimeSpan.FromMinutes(1),
            SilenceTimeout = TimeSpan.FromMinutes(1),
        };

        var sinks = Enumerable.Range(0, Listeners).Select(_ => new MemorySink()).ToList();
        foreach (var sink in sinks)
        {
            var requester = new Requester(PeerId.NewRandom(), "ear", null);
            Sys.ActorOf(
                SongFetchActor.Props(new FetchOrder(1, 0, Pace.Full, sink, requester, null, KnownHosts.None), settings, link, TestActor));
        }

        await FishForMessageAsync<FetchNotice>(
            notice => notice.Text.StartsWith($"waiting: {QueuePlace.Text(Listeners)} of ann, next try in ", StringComparison.Ordinal));
        first.Dispose();
        for (var completed = 0; completed < Listeners; completed++)
            Assert.IsType<FetchCompleted>(await FishForMessageAsync<object>(message => message is FetchCompleted or FetchFailed));
        Assert.All(sinks, sink => Assert.Equal(song.Payload, sink.Bytes));
    }
}
