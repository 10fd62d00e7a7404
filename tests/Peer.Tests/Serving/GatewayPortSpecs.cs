using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Serving;
using TspActors.Peer.Tests.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Serving;

public sealed class GatewayPortSpecs : FetchSpec
{
    private readonly Recorder _recorder = new();
    private readonly IActorRef _port;

    public GatewayPortSpecs(ITestOutputHelper output)
        : base(output) => _port = Sys.ActorOf(GatewayPortActor.Props(
            new ServedPeer
            {
                Name = "me",
                Address = "127.0.0.1:7071",
                Requester = Listener,
                Own = null,
                TrackerLink = Link,
                Library = ActorRefs.Nobody,
                Hosting = ActorRefs.Nobody,
                Playback = ActorRefs.Nobody,
                SongsShared = () => 0,
            },
            Calm with { BusyTimeout = TimeSpan.Zero }, maxFetches: 2));

    [Theory]
    [InlineData(0)]
    [InlineData(70_000)]
    public async Task The_receiver_gets_exactly_the_rest_of_the_song(int offset)
    {
        Grant(Good("anna"));

        await FetchAsync(offset);

        Assert.Null(await _recorder.Over.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(Song.Payload[offset..], _recorder.Bytes);
        Assert.Equal("anna direct", _recorder.Host);
    }

    [Fact]
    public async Task A_host_that_vanishes_is_replaced_at_the_exact_byte()
    {
        Grant(Host("lost", (_, remote, _) => Task.Run(remote.Reset)), Good("ben"));

        await FetchAsync(0);

        Assert.Null(await _recorder.Over.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(Song.Payload, _recorder.Bytes);
    }

    [Fact]
    public async Task A_busy_host_is_reported_as_busy_with_its_retry_time()
    {
        Grant(Host("full", async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            await remote.Send(Errors.Frame(ErrorCode.Busy, "too many", 1, TimeSpan.FromSeconds(7)));
            await remote.ReceiveToEnd();
        }));

        await FetchAsync(0);

        var fault = Assert.IsType<FetchFault>(await _recorder.Over.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal((FetchFaultKind.Busy, TimeSpan.FromSeconds(7)), (fault.Kind, fault.RetryAfter));
    }

    [Fact]
    public async Task Without_a_tracker_the_fault_says_so()
    {
        Answers[1] = () => new TrackerUnavailable("no tracker at x:7070: it is down");

        await FetchAsync(0);

        Assert.Equal(
            new FetchFault(FetchFaultKind.NoTracker, "no tracker at x:7070: it is down"),
            await _recorder.Over.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_fetch_that_is_stopped_releases_its_host_and_reports_nothing_more()
    {
        var played = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Grant(Host("anna", async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            played.SetResult();
            await remote.Expect(Operation.Stop);
            stopped.SetResult();
        }));
        var fetch = await FetchAsync(0);
        Watch(fetch);
        await played.Task.WaitAsync(TimeSpan.FromSeconds(30));

        fetch.Tell(StopFetching.Instance);

        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await ExpectTerminatedAsync(fetch);
        Assert.False(_recorder.Over.Task.IsCompleted);
    }

    [Fact]
    public async Task Fetches_beyond_the_limit_are_refused()
    {
        Grant(Host("silent", async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            await remote.ReceiveToEnd();
        }));
        await FetchAsync(0);
        await FetchAsync(0);

        _port.Tell(new FetchSong(1, 0, false, _recorder), TestActor);

        Assert.Equal(FetchFaultKind.TooMany, (await ExpectMsgAsync<FetchRefused>()).Fault.Kind);
    }

    [Fact]
    public async Task A_live_feed_that_cannot_be_heard_ends_with_the_reason()
    {
        Answers[1] = () => new TrackerUnavailable("no tracker at x:7070: it is down");
        var feed = new FeedRecorder();

        _port.Tell(new ReceiveFeed(1, default, feed), TestActor);

        Watch((await ExpectMsgAsync<FetchRunning>()).Fetch);
        Assert.Equal(
            new FetchFault(FetchFaultKind.NoTracker, "no tracker at x:7070: it is down"),
            await feed.Over.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await ExpectMsgAsync<Terminated>();
    }

    [Fact]
    public async Task A_live_feed_that_is_stopped_reports_nothing_more()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Grant(Host("anna", async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            asked.SetResult();
            await remote.ReceiveToEnd();
        }));
        var feed = new FeedRecorder();
        _port.Tell(new ReceiveFeed(1, default, feed), TestActor);
        var fetch = (await ExpectMsgAsync<FetchRunning>()).Fetch;
        Watch(fetch);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));

        fetch.Tell(StopFetching.Instance);

        await ExpectTerminatedAsync(fetch);
        Assert.False(feed.Over.Task.IsCompleted);
    }

    [Fact]
    public async Task A_peer_without_a_loudspeaker_says_so()
    {
        _port.Tell(GetSpeaker.Instance, TestActor);
        Assert.False((await ExpectMsgAsync<SpeakerState>()).HasSpeaker);

        _port.Tell(new ControlSpeaker(SpeakerCommand.Next, []), TestActor);
        Assert.False((await ExpectMsgAsync<SpeakerReply>()).IsDone);
    }

    private async Task<IActorRef> FetchAsync(long offset)
    {
        _port.Tell(new FetchSong(1, offset, IsRealTime: false, _recorder), TestActor);
        return (await ExpectMsgAsync<FetchRunning>()).Fetch;
    }

    private sealed class FeedRecorder : ILiveReceiver
    {
        /// <summary>Completes with the fault, or with null when the source has ended the feed.</summary>
        public TaskCompletionSource<FetchFault?> Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Heard(LiveSound sound) => true;

        public void Ended(FetchFault? fault) => Over.TrySetResult(fault);
    }

    private sealed class Recorder : ISongReceiver
    {
        private readonly MemoryStream _bytes = new();

        /// <summary>Completes with the fault, or with null when the song is complete.</summary>
        public TaskCompletionSource<FetchFault?> Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public byte[] Bytes => _bytes.ToArray();

        public string Host { get; private set; } = "";

        public void Started(string host, string way) => Host = $"{host} {way}";

        public void Notice(string text)
        {
        }

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
            await _bytes.WriteAsync(bytes, cancellation);

        public void Completed() => Over.TrySetResult(null);

        public void Failed(FetchFault fault) => Over.TrySetResult(fault);
    }
}
