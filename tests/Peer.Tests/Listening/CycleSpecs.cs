using System.Net.NetworkInformation;
using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Playback;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>The collection of tests that must run alone.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;

/// <summary>Checks that playing, seeking and stopping a thousand times leaves nothing behind.</summary>
[Collection(nameof(RunsAlone))] // the test counts the files, threads and memory of the whole process
public sealed class CycleSpecs : FetchSpec
{
    private readonly Speaker _speaker = new();
    private readonly IActorRef _playback;

    public CycleSpecs(ITestOutputHelper output)
        : base(output)
    {
        _playback = Sys.ActorOf(PlaybackActor.Props(Calm, Listener, null, Link, NewSpeakers));
        _speaker.Gate.Reset();
    }

    [NeedsFileFact("/proc/self/fd")]
    public async Task A_thousand_cycles_leave_no_actors_sockets_threads_or_handles_behind_and_leak_no_memory()
    {
        var host = Good("ann");
        Grant(host);
        await CycleAsync(100);
        var before = await CountAsync();

        await CycleAsync(1_000);

        // On a busy machine, threads that release buffers may run late. A real leak does not go away.
        await AwaitAssertAsync(
            async () =>
            {
                var after = await CountAsync();
                // The test runner and the runtime may open a few files and start a few threads of their own.
                Assert.InRange(after.Files, 0, before.Files + 20);
                Assert.InRange(after.Threads, 0, before.Threads + 20);
                // A leak of one song of 200,000 bytes per cycle would add ten times as much.
                Assert.InRange(after.Memory, 0, before.Memory + 20_000_000);
            },
            TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1));
    }

    protected override void AfterAll()
    {
        _speaker.Gate.Set();
        base.AfterAll();
    }

    private async Task CycleAsync(int cycles)
    {
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            Assert.IsType<PlaybackStarted>(await AskAsync(new PlayNow(1)));
            Assert.IsType<PlaybackDone>(await AskAsync(new SeekTo(TimeSpan.FromSeconds(cycle % 60))));
            if (cycle % 3 == 0)
                Assert.IsType<PlaybackDone>(await AskAsync(new Enqueue([new QueuedSong(1, "again")])));
            if (cycle % 3 == 0 && cycle % 2 == 0)
                Assert.IsType<PlaybackDone>(await AskAsync(NextSong.Instance));
            Assert.IsType<PlaybackDone>(await AskAsync(StopPlaying.Instance));
        }
    }

    // Waits until everything has closed, then counts.
    private async Task<(int Files, int Threads, long Memory)> CountAsync()
    {
        Assert.IsType<PlaybackDone>(await AskAsync(AwaitSilence.Instance));
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(_playback)), TimeSpan.FromSeconds(30));
        await AwaitAssertAsync(() => Assert.Equal(0, OpenConnections()), TimeSpan.FromSeconds(30));
        return (Directory.GetFileSystemEntries("/proc/self/fd").Length, Directory.GetDirectories("/proc/self/task").Length,
            GC.GetTotalMemory(forceFullCollection: true));
    }

    private int OpenConnections()
    {
        var port = Answers[1]() is PlayGrant grant ? (int)grant.Song.Hosts[0].Port : 0;
        return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Count(connection => connection.State == TcpState.Established && connection.RemoteEndPoint.Port == port);
    }

    private AudioPipeline NewSpeakers() => new(new SongPlayer(
        new AudioBackend("test", "for tests") { CreateDecoder = _ => new Speaker.Echo(), CreateOutput = _ => _speaker.NewOutput() }));

    private Task<object> AskAsync(object command) => _playback.Ask(command, TimeSpan.FromSeconds(60));
}
