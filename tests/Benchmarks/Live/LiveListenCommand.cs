using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using TspActors.Configuration;
using TspActors.Peer;
using TspActors.Peer.Listening;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Benchmarks.Live;

/// <summary>
/// <c>live-listen TRACKER NAME LISTENERS SECONDS</c>: many listeners of one feed in this process, each with the fetch and failover of a
/// peer. Prints how many of them ran dry, and for how long. fanout.sh runs it.
/// </summary>
internal static class LiveListenCommand
{
    private const int BytesPerSecond = 16_000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not [var tracker, var name, var count, var seconds])
        {
            await Console.Error.WriteLineAsync("usage: live-listen TRACKER NAME LISTENERS SECONDS").ConfigureAwait(false);
            return 2;
        }

        Environment.SetEnvironmentVariable("TSP__PEER__TRACKERS__0", $"tsp://{tracker}");
        Environment.SetEnvironmentVariable("TSP__PEER__ENCRYPTION", "off");
        var configuration = ProgramConfiguration.Load(new LoadRequest
        {
            Program = "peer",
            Reference = LoadRequest.EmbeddedReference(typeof(PeerNode).Assembly),
            WorkingDirectory = Environment.CurrentDirectory,
            ProgramDirectory = AppContext.BaseDirectory,
            Environment = LoadRequest.ProcessEnvironment(),
            CommandLine = [],
            SecretKeys = PeerSettingsReader.SecretKeys,
            EntryForms = PeerSettingsReader.EntryForms,
        });
        var settings = PeerSettingsReader.Read(configuration);
        using var system = ActorSystem.Create("listeners", ConfigurationFactory.ParseString("akka.loglevel = WARNING\nakka.stdout-loglevel = WARNING")
            .WithFallback(configuration.Config).WithFallback(TspTransport.Hocon));
        var node = PeerNode.StartGuest(system, settings, () => throw new InvalidOperationException("nobody hears this"));
        var catalog = new CatalogClient(node.TrackerLink, settings.Link.RequestTimeout);
        var (song, _) = await catalog.FindAsync(name, CancellationToken.None).ConfigureAwait(false);
        var sinks = new List<ReserveSink>();
        var owner = system.ActorOf(Props.Create(() => new OwnerActor()), "owner");
        var wanted = int.Parse(count, CultureInfo.InvariantCulture);
        for (var i = 0; i < wanted; i++)
        {
            var sink = new ReserveSink(BytesPerSecond);
            sinks.Add(sink);
            var requester = new Requester(PeerId.NewRandom(), $"listener {i}", null);
            system.ActorOf(SongFetchActor.Props(
                new FetchOrder(song.Id, 0, Pace.Realtime, sink, requester, null, KnownHosts.None) { AcceptsLive = true },
                settings.Listening, node.TrackerLink, owner));
            await Task.Delay(50).ConfigureAwait(false);
        }

        await Task.Delay(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))).ConfigureAwait(false);
        foreach (var sink in sinks)
            sink.Stop();
        var stalled = sinks.Where(sink => sink.Stalls > 0).ToList();
        var longest = sinks.Max(sink => sink.LongestStall).TotalSeconds;
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"listeners {wanted}, heard at least {sinks.Min(sink => sink.Received).TotalSeconds:0.0} s, stalled {stalled.Count}, "
                + $"stalls {sinks.Sum(sink => sink.Stalls)}, longest {longest:0.0} s")).ConfigureAwait(false);
        foreach (var ended in await owner.Ask<IReadOnlyList<string>>("ended").ConfigureAwait(false))
            await Console.Out.WriteLineAsync($"ended: {ended}").ConfigureAwait(false);
        await system.Terminate().ConfigureAwait(false);
        return 0;
    }

    // Only fetches that end count. Their other messages are for a user.
    private sealed class OwnerActor : UntypedActor
    {
        private readonly List<string> _ended = [];

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case FetchFailed failed:
                    _ended.Add(failed.Reason);
                    break;
                case FetchCompleted:
                    _ended.Add("the feed has ended");
                    break;
                case string:
                    Sender.Tell((IReadOnlyList<string>)[.. _ended]);
                    break;
            }
        }
    }
}
