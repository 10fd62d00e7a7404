using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Akka.Actor;
using TspActors.Benchmarks.TrackerLoad;
using TspActors.Gateway;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Benchmarks;

/// <summary>
/// Measures the gateway's view of a large swarm through real HTTP: "gateway-library N". The songs come from memory, as they would from the
/// tracker link, and their strings do not count as memory of the gateway. "gateway-library N serve" measures nothing, but serves the
/// catalog until standard input ends, for first_page.py.
/// </summary>
internal static class GatewayLibraryBenchmark
{
    private const int PartSize = 1_000;
    private const int SongsPerCover = 10;
    private const int SongsPerPeer = 1_000;
    private const int Requests = 3_000;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not ([_] or [_, "serve"])
            || !int.TryParse(arguments[0], CultureInfo.InvariantCulture, out var count) || count < PartSize)
        {
            await Console.Error.WriteLineAsync($"usage: gateway-library SONGS (at least {PartSize}) [serve]").ConfigureAwait(false);
            return 2;
        }

        var data = Directory.CreateTempSubdirectory("tsp-gateway-");
        using var system = ActorSystem.Create("benchmark", "akka.loglevel = WARNING");
        try
        {
            await MeasureAsync(system, data.FullName, count, onlyServes: arguments.Length > 1).ConfigureAwait(false);
            return 0;
        }
        finally
        {
            await system.Terminate().ConfigureAwait(false);
            data.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(ActorSystem system, string data, int count, bool onlyServes)
    {
        var songs = Enumerable.Range(1, count).Select(MakeSong).ToArray();
        Line("songs", $"{count:N0}");
        var before = Heap();
        var catalog = system.ActorOf(Props.Create(() => new CatalogOfTests()));
        var settings = new GatewaySettings { Enabled = true, Endpoint = new IPEndPoint(IPAddress.Loopback, 0), RequiresKeys = false };
        var gateway = await GatewayServer.StartAsync(system, catalog, settings, data).ConfigureAwait(false);
        await using (gateway.ConfigureAwait(false))
        {
            using var http = new HttpClient { BaseAddress = new Uri(gateway.Url), Timeout = TimeSpan.FromMinutes(5) };
            var watch = Stopwatch.StartNew();
            for (var from = 0; from < count; from += PartSize)
            {
                var part = new ArraySegment<Song>(songs, from, Math.Min(PartSize, count - from));
                catalog.Tell(new CatalogListed(part, from == 0, from + PartSize >= count));
            }

            // Other encodings of a track are hidden, so the number of songs that are shown is not known beforehand.
            using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            var (shown, shownAt) = (0, TimeSpan.Zero);
            while (shown < count / 2 || watch.Elapsed - shownAt < TimeSpan.FromSeconds(3))
            {
                await poll.WaitForNextTickAsync().ConfigureAwait(false);
                if (await CountAsync(http).ConfigureAwait(false) is var now && now != shown)
                    (shown, shownAt) = (now, watch.Elapsed);
            }

            Line("listed after", $"{shownAt.TotalSeconds:0.0} s, {shown:N0} songs shown");
            if (onlyServes)
            {
                Line("serving", gateway.Url);
                await Console.In.ReadToEndAsync().ConfigureAwait(false);
                return;
            }

            Line("index, bytes a song", $"{(Heap() - before) / count:N0}");
            await AskAsync(http, count, "first list and walk").ConfigureAwait(false);
            Line("with sorted lists, bytes a song", $"{(Heap() - before) / count:N0}");
            await AskAsync(http, count, "quiet").ConfigureAwait(false);
            await AskBesideChangesAsync(http, catalog, songs).ConfigureAwait(false);
        }

        GC.KeepAlive(songs);
    }

    private static async Task AskAsync(HttpClient http, int count, string when)
    {
        var random = new Random(1);
        var pages = await MeasureAsync(http, 20, _ => "getAlbumList2?type=alphabeticalByName&size=500&offset=0").ConfigureAwait(false);
        Line($"{when}: getAlbumList2", pages);
        var albums = await AlbumIdsAsync(http, count).ConfigureAwait(false);
        var searches = await MeasureAsync(
            http, Requests, number => $"search3?query={Query(random, number)}&songCount=20&albumCount=20&artistCount=20").ConfigureAwait(false);
        Line($"{when}: search3", searches);
        var albumReads = await MeasureAsync(http, Requests, _ => $"getAlbum?id={albums[random.Next(albums.Count)]}").ConfigureAwait(false);
        Line($"{when}: getAlbum", albumReads);
        var walk = await MeasureAsync(
            http, 50, number => $"search3?query=%22%22&songCount=500&albumCount=0&artistCount=0&songOffset={500 * number}").ConfigureAwait(false);
        Line($"{when}: search3 of everything, 500 a page", walk);
        var artists = await MeasureAsync(http, 10, _ => "getArtists").ConfigureAwait(false);
        Line($"{when}: getArtists", artists);
        Line($"{when}: peers, 200 a page", await MeasurePageAsync(http, 20, _ => "peers?count=200").ConfigureAwait(false));
        var peers = await PeerIdsAsync(http).ConfigureAwait(false);
        var songs = await MeasurePageAsync(http, 20, number => $"peers/{peers[number * 7 % peers.Count]}/songs?count=200").ConfigureAwait(false);
        Line($"{when}: songs of a peer, 200 a page", songs);
    }

    // A thousand songs change every second, as when many peers come and go.
    private static async Task AskBesideChangesAsync(HttpClient http, IActorRef catalog, Song[] songs)
    {
        using var stop = new CancellationTokenSource();
        var changing = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            var random = new Random(2);
            for (var next = 0; await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false); next++)
            {
                var changed = Enumerable.Range(0, 100).Select(_ => songs[random.Next(songs.Length)]).ToList();
                catalog.Tell(new CatalogChanged(changed, [.. changed.Take(10).Select(song => song.Id)]));
            }
        });
        await AskAsync(http, songs.Length, "1,000 changes a second").ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await changing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<string> MeasureAsync(HttpClient http, int requests, Func<int, string> call)
    {
        var latencies = new Latencies();
        var collections = new Collections();
        for (var number = 0; number < requests; number++)
        {
            var start = Stopwatch.GetTimestamp();
            var answer = await http.GetByteArrayAsync(new Uri($"rest/{call(number)}{Separator(call(number))}f=json&c=bench", UriKind.Relative))
                .ConfigureAwait(false);
            latencies.Add(Stopwatch.GetElapsedTime(start));
            if (!answer.AsSpan().StartsWith("{\"subsonic-response\":{\"status\":\"ok\""u8))
                throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(answer[..Math.Min(300, answer.Length)]));
        }

        return $"{latencies}  {collections}";
    }

    private static async Task<string> MeasurePageAsync(HttpClient http, int requests, Func<int, string> call)
    {
        var latencies = new Latencies();
        for (var number = 0; number < requests; number++)
        {
            var start = Stopwatch.GetTimestamp();
            await http.GetByteArrayAsync(new Uri($"api/{call(number)}", UriKind.Relative)).ConfigureAwait(false);
            latencies.Add(Stopwatch.GetElapsedTime(start));
        }

        return $"{latencies}";
    }

    private static async Task<IReadOnlyList<string>> PeerIdsAsync(HttpClient http)
    {
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri("api/peers?count=500", UriKind.Relative)).ConfigureAwait(false));
        return [.. answer.RootElement.GetProperty("items").EnumerateArray().Select(peer => peer.GetProperty("id").GetString()!)];
    }

    private static char Separator(string call) => call.Contains('?', StringComparison.Ordinal) ? '&' : '?';

    // Returns a query that a person might type: a whole word, two words, or the start of a word.
    private static string Query(Random random, int number)
    {
        var word = SongMaker.Word(random.Next(3_000));
        return (number % 3) switch
        {
            0 => word,
            1 => $"{word}%20{SongMaker.Word(random.Next(300))}",
            _ => word[..Math.Min(3, word.Length)],
        };
    }

    private static async Task<int> CountAsync(HttpClient http)
    {
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri("rest/getScanStatus?f=json", UriKind.Relative)).ConfigureAwait(false));
        return answer.RootElement.GetProperty("subsonic-response").GetProperty("scanStatus").GetProperty("count").GetInt32();
    }

    private static async Task<IReadOnlyList<string>> AlbumIdsAsync(HttpClient http, int count)
    {
        var random = new Random(3);
        var ids = new List<string>();
        for (var page = 0; page < 20; page++)
        {
            using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(
                $"rest/getAlbumList2?type=newest&size=500&offset={random.Next(Math.Max(1, count / 20))}&f=json", UriKind.Relative)).ConfigureAwait(false));
            ids.AddRange(answer.RootElement.GetProperty("subsonic-response").GetProperty("albumList2").GetProperty("album").EnumerateArray()
                .Select(album => album.GetProperty("id").GetString()!));
        }

        return ids;
    }

    private static Song MakeSong(int number)
    {
        var shared = SongMaker.Song(number);
        shared.Tags.Cover = SongMaker.Hash(-1 - number / SongsPerCover);
        return new Song
        {
            Id = number,
            ContentHash = shared.ContentHash,
            Tags = shared.Tags,
            Format = shared.Format,
            Hosts = { HostsOf(number) },
        };
    }

    // Each peer has a thousand songs of its own, and copies of others' albums.
    private static IEnumerable<Host> HostsOf(int number)
    {
        var (peer, album) = (number / SongsPerPeer, number / SongsPerCover);
        yield return HostOf(peer);
        if (album % 3 == 0)
            yield return HostOf(SongMaker.Hash(-album).Span[0] + 256);
    }

    private static Host HostOf(int number)
    {
        var id = new byte[PeerId.Size];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(id, number);
        return new Host { PeerId = Google.Protobuf.ByteString.CopyFrom(id), Name = $"peer {number}", Port = 7071, MaxStreams = 16 };
    }

    private static long Heap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Line(string name, string value) => Console.WriteLine($"{name,-55} {value}");

    /// <summary>The garbage collections since this object was created, and how long they paused the program.</summary>
    private sealed class Collections
    {
        private readonly int[] _before = [.. Enumerable.Range(0, 3).Select(GC.CollectionCount)];
        private readonly TimeSpan _paused = GC.GetTotalPauseDuration();

        public override string ToString()
        {
            var counts = string.Join('/', _before.Select((before, generation) => GC.CollectionCount(generation) - before));
            return string.Create(
                CultureInfo.InvariantCulture, $"collections {counts}, {(GC.GetTotalPauseDuration() - _paused).TotalMilliseconds:0} ms");
        }
    }

    /// <summary>Passes the messages of the benchmark on to the gateway.</summary>
    private sealed class CatalogOfTests : UntypedActor, IWithStash
    {
        private static readonly SwarmLink Link = new(true, "benchmark:7070", "benchmark");

        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            if (message is FollowCatalog follow)
            {
                var follower = follow.Follower;
                Become(next =>
                {
                    if (next is CatalogListed or CatalogChanged)
                        follower.Tell(next);
                    else if (next is GetSongHosts)
                        Sender.Tell(new SongHosts([]));
                    else if (next is GetPeerReport)
                        Sender.Tell(new PeerReport("benchmark", new string('0', 32), "", Link, null, 0, 0, [], [], 0, ""));
                });
                follower.Tell(Link);
                Stash.UnstashAll();
            }
            else
            {
                Stash.Stash();
            }
        }
    }
}
