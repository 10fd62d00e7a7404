using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.Configuration;
using TspActors.Peer;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Live;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Tracking;
using TspActors.Playback;
using TspActors.Tracker;
using TspActors.Transport;

namespace TspActors.Benchmarks;

/// <summary>
/// The verb "first-sound [N] [AUDIO] [live]" measures the time from the play command to the first samples at the output, with a tracker, a
/// host and a listener on loopback, each in its own actor system. With "live", the listener plays a live feed of the host, whose source is ffmpeg.
/// </summary>
internal static class FirstSoundBenchmark
{
    private const int WarmUps = 10;
    private const string Feed = "Benchmark radio";
    private const string Noise =
        "ffmpeg -nostdin -loglevel error -re -f lavfi -i anoisesrc=amplitude=0.3:sample_rate=44100 -ac 2 -c:a libmp3lame -b:a 128k -f mp3 -";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    // A feed that has just begun holds less sound than a listener receives at once.
    private static readonly TimeSpan FullBurst = TimeSpan.FromSeconds(8);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var runs = 100;
        var isLive = arguments is [_, _, "live"];
        if (arguments.Length > (isLive ? 3 : 2)
            || (arguments.Length > 0 && (!int.TryParse(arguments[0], CultureInfo.InvariantCulture, out runs) || runs < 1)))
        {
            await Console.Error.WriteLineAsync("usage: first-sound [N] [auto|mpg123|wav:FILE|null] [live]").ConfigureAwait(false);
            return 2;
        }

        var backend = AudioBackends.Resolve(arguments is [_, var audio, ..] ? audio : "null");
        var folder = Directory.CreateTempSubdirectory("tsp-first-sound-");
        try
        {
            await MeasureAsync(backend, runs, isLive, folder.FullName).ConfigureAwait(false);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return 0;
    }

    private static async Task MeasureAsync(AudioBackend backend, int runs, bool isLive, string folder)
    {
        using var trackerSystem = NewSystem("tsp-tracker");
        var tracker = await TrackerNode.StartAsync(
            trackerSystem,
            new TrackerSettings { Name = "benchmark", Endpoint = new IPEndPoint(IPAddress.Loopback, 0) }).ConfigureAwait(false);
        using var hostSystem = NewSystem("tsp-host");
        var host = await StartPeerAsync(
            hostSystem, "alice", () => throw new InvalidOperationException("The host of this benchmark does not play songs.")).ConfigureAwait(false);
        var stages = new SoundStages();
        var watched = stages.Watch(backend);
        using var listenerSystem = NewSystem("tsp-listener");
        var listener = await StartPeerAsync(
            listenerSystem, "nobody", () => new AudioPipeline(new SongPlayer(watched))).ConfigureAwait(false);

        var songs = host.SongsShared;
        var feed = isLive ? await FindFeedAsync(listener).ConfigureAwait(false) : 0;
        var (samples, first) = (new List<Run>(), TimeSpan.Zero);
        for (var run = -WarmUps; run < runs; run++)
        {
            stages.Begin();
            var id = isLive ? feed : 1 + (run + WarmUps) % songs;
            var started = await listener.Playback.Ask(new PlayNow(id), Deadline).ConfigureAwait(false);
            var answered = stages.SinceCommand();
            if (started is not PlaybackStarted)
                throw new InvalidOperationException($"The song did not start: {started}.");
            await stages.Heard.WaitAsync(Deadline).ConfigureAwait(false);
            await listener.Playback.Ask(StopPlaying.Instance, Deadline).ConfigureAwait(false);
            if (run == -WarmUps)
                first = stages.FirstSound;
            if (run >= 0)
                samples.Add(new Run(answered, stages.FirstBytes, stages.Enough, stages.FirstSound));
        }

        Report(backend, samples, first);
        await listener.StopAsync().ConfigureAwait(false);
        await host.StopAsync().ConfigureAwait(false);
        await tracker.StopAsync().ConfigureAwait(false);

        async Task<PeerNode> StartPeerAsync(ActorSystem system, string name, Func<AudioPipeline> speakers)
        {
            var music = Path.Combine(AppContext.BaseDirectory, "Demo", "music", name);
            var settings = new PeerSettings
            {
                Name = name,
                Trackers = [new TrackerAddress(tracker.Address.Address.ToString(), tracker.Address.Port)],
                Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
                Music = Directory.Exists(music) ? [music] : [],
                DataFolder = Path.Combine(folder, name),
                Live = new Peer.Live.LiveSettings
                {
                    Feeds = isLive && Directory.Exists(music) ? [new FeedSettings(Feed, new FeedSource.Command(Noise))] : [],
                },
            };
            var peer = await PeerNode.StartAsync(system, settings, speakers, remembersSongs: true).ConfigureAwait(false);
            await peer.Library.Ask<ScanReport>(GetScanReport.Instance, Deadline).ConfigureAwait(false);
            await peer.TrackerLink.Ask<LinkStatus>(AwaitShare.Instance, Deadline).ConfigureAwait(false);
            return peer;
        }
    }

    private static async Task<int> FindFeedAsync(PeerNode listener)
    {
        var catalog = new CatalogClient(listener.TrackerLink, Deadline);
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            try
            {
                var (feed, _) = await catalog.FindAsync(Feed, deadline.Token).ConfigureAwait(false);
                await Task.Delay(FullBurst, deadline.Token).ConfigureAwait(false);
                return feed.Id;
            }
            catch (CommandException)
            {
                await Task.Delay(100, deadline.Token).ConfigureAwait(false);
            }
        }
    }

    private static ActorSystem NewSystem(string name) =>
        ActorSystem.Create(name, ConfigurationFactory.ParseString(TspTransport.Hocon + "\nakka.loglevel = WARNING"));

    private static void Report(AudioBackend backend, List<Run> runs, TimeSpan first)
    {
        Line($"{runs.Count} plays, output {backend.Name}; milliseconds after the command");
        Line($"{"",-52} {"median",8} {"90 %",8} {"worst",8}");
        Row("the host has started the stream (reply to the command)", run => run.Answered);
        Row("first verified bytes reached the decoder", run => run.FirstBytes);
        Row("enough sound decoded to start (250 ms)", run => run.Enough);
        Row("first samples written to the open output", run => run.FirstSound);
        Line($"the first play of the process, not included above: {first.TotalMilliseconds:0}");

        void Row(string what, Func<Run, TimeSpan> time)
        {
            var sorted = runs.Select(run => time(run).TotalMilliseconds).Order().ToList();
            Line($"{what,-52} {sorted[sorted.Count / 2],8:0.0} {sorted[sorted.Count * 9 / 10],8:0.0} {sorted[^1],8:0.0}");
        }
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed record Run(TimeSpan Answered, TimeSpan FirstBytes, TimeSpan Enough, TimeSpan FirstSound);
}
