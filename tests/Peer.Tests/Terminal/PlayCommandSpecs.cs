using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Peer.Listening;
using TspActors.Peer.Terminal;
using TspActors.Peer.Terminal.Commands;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Playback;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks what the console's play command leaves behind.</summary>
public sealed class PlayCommandSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_cancelled_command_withdraws_its_song_so_that_it_does_not_begin_later()
    {
        // The player waits for this tracker, which never answers.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var peer = PeerNode.StartGuest(
            Sys,
            new PeerSettings
            {
                Trackers = [new TrackerAddress("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port)],
                Link = new LinkSettings { RequestTimeout = TimeSpan.FromMinutes(5), Transport = Patient },
            },
            () => new AudioPipeline(new SongPlayer(AudioBackends.Resolve("null"), new SongPlayerSettings())));
        var catalog = CreateTestProbe();
        var console = new ConsoleContext(peer, new CatalogClient(catalog, Deadline), new Screen());
        using var stop = new CancellationTokenSource();

        var command = new PlayCommand().RunAsync(console, "1", stop.Token);
        await catalog.ExpectMsgAsync<DescribeSongs>(Deadline);
        catalog.Reply(new SongInfoPage { Songs = { new Song { Id = 1, Tags = new SongTags { Title = "Lights" } } } });
        await AwaitAssertAsync(async () => Assert.False((await console.GetPlaybackAsync()).IsIdle), Deadline);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command);
        Assert.True((await console.GetPlaybackAsync()).IsIdle);
    }
}
