using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks that hosts that accept connections but send nothing do not delay a song. No deadline expires in these tests.</summary>
public sealed class SilentHostSpecs(ITestOutputHelper output) : FetchSpec(output)
{
    private static readonly ListeningSettings Racing = Calm with { HostsAtOnce = 3, NextHostAfter = TimeSpan.FromMilliseconds(10) };

    [Fact]
    public async Task A_song_is_fetched_from_a_good_host_despite_two_silent_ones()
    {
        Grant(Silent("one"), Silent("two"), Good("ann"));
        var sink = new MemorySink();

        Fetch(sink, settings: Racing);

        Assert.Equal("ann", (await ExpectMsgAsync<FetchStarted>()).Host.Name);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task A_song_is_fetched_from_a_good_host_despite_eight_silent_ones()
    {
        Grant([.. Enumerable.Range(1, 8).Select(number => Silent($"{number}")), Good("ann")]);
        var sink = new MemorySink();

        Fetch(sink, settings: Racing);

        Assert.Equal("ann", (await ExpectMsgAsync<FetchStarted>()).Host.Name);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task Once_a_host_was_silent_the_next_fetch_asks_the_host_that_delivered_first()
    {
        var good = Good("ann");
        Grant(Silent("silent"), good);
        var requester = new Requester(PeerId.NewRandom(), "ear", null);
        Fetch(new MemorySink(), settings: Racing, requester: requester);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        var stranger = Silent("stranger");
        Grant(stranger, good);

        Fetch(new MemorySink(), settings: Racing with { NextHostAfter = TimeSpan.FromMinutes(1) }, requester: requester);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(0, stranger.Connections);
    }

    [Fact]
    public async Task A_host_that_announces_the_song_but_sends_none_of_it_does_not_win()
    {
        var liar = Host("liar", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await remote.ReceiveToEnd();
        });
        Grant(liar, Good("ann"));
        var sink = new MemorySink();

        Fetch(sink, settings: Racing);

        Assert.Equal("ann", (await ExpectMsgAsync<FetchStarted>()).Host.Name);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task The_slower_host_receives_STOP()
    {
        var stopped = new TaskCompletionSource();
        var slow = Host("slow", async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            await remote.Expect(Operation.Stop);
            stopped.SetResult();
        });
        // Sends the rest of the song only after the slower host has received STOP.
        var good = Host("ann", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(0, 100_000));
            await stopped.Task;
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(100_000));
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        Grant(slow, good);

        Fetch(new MemorySink(), settings: Racing);

        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
    }

    [Fact]
    public async Task The_next_fetch_asks_the_silent_host_last()
    {
        var silent = Silent("silent");
        var good = Good("ann");
        Grant(silent, good);
        var requester = new Requester(PeerId.NewRandom(), "ear", null);
        Fetch(new MemorySink(), settings: Racing, requester: requester);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());

        Fetch(new MemorySink(), settings: Racing with { NextHostAfter = TimeSpan.FromMinutes(1) }, requester: requester);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(1, silent.Connections);
        Assert.Equal(2, good.Connections);
    }

    [Fact]
    public async Task The_slower_host_continues_where_the_winner_breaks_off()
    {
        var slow = Host("slow", async (host, remote, connection) =>
        {
            var request = await host.StartAsync(remote, Song);
            if (connection == 1)
            {
                await remote.ReceiveToEnd();
                return;
            }

            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory((int)request.Offset));
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        var hasty = Host("hasty", async (host, remote, _) =>
        {
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory(0, 100_000));
            remote.FinishSending();
            await remote.ReceiveToEnd();
        });
        Grant(slow, hasty);
        var sink = new MemorySink();

        Fetch(sink, settings: Racing);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
        Assert.Equal(2, slow.Connections);
    }

    [Fact]
    public async Task Stopping_a_fetch_sends_STOP_to_every_host_that_is_being_tried()
    {
        var asked = new TaskCompletionSource[] { new(), new(), new() };
        var stopped = new TaskCompletionSource[] { new(), new(), new() };
        var hosts = Enumerable.Range(0, 3).Select(number => Host($"{number}", async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            asked[number].SetResult();
            await remote.Expect(Operation.Stop);
            stopped[number].SetResult();
        })).ToArray();
        Grant(hosts);

        var fetch = Fetch(new MemorySink(), settings: Racing);
        Watch(fetch);
        await Task.WhenAll(asked.Select(each => each.Task)).WaitAsync(TimeSpan.FromSeconds(30));
        fetch.Tell(StopFetch.Instance);

        await Task.WhenAll(stopped.Select(each => each.Task)).WaitAsync(TimeSpan.FromSeconds(30));
        await ExpectTerminatedAsync(fetch, TimeSpan.FromSeconds(30));
    }

    private ScriptedHost Silent(string name) => Host(name, (_, remote, _) => remote.ReceiveToEnd());
}
