using System.Security.Cryptography;
using Google.Protobuf;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that a cluster whose trackers have data folders remembers the song ids of peers that are absent.</summary>
public sealed class ClusterIdSpecs
{
    private const int Trackers = 3;

    [NeedsFact("lame")]
    public async Task Trackers_that_were_all_killed_give_the_ids_of_an_absent_peer_to_no_other_song()
    {
        await using var stage = new Stage();
        for (var song = 0; song < 3; song++)
            stage.Share("anna", $"{song}.mp3", await Songs.ToneAsync(400 + (song * 100), 0.5));
        // An offer of a free id counts at once, even without a receipt, so only the ids in the data folders protect the absent peer.
        var cluster = await TrackerCluster.StartAsync(stage, Trackers, started: 0, "TSP__TRACKER__ID_OFFER_WAIT=0s");
        cluster.HasDataFolders = true;
        await StartAllAsync(cluster);
        var anna = await cluster.StartPeerAsync("anna", 0);
        var before = IdsOf(await cluster.ListsAsync(cluster.Trackers[0], songs => songs.Count == 3, "before"));
        for (var tracker = 0; tracker < Trackers; tracker++)
            await StoresAsync(cluster.DataOf(tracker), before.Keys);

        ProgramProcess[] killed = [anna.Process, .. cluster.Trackers.Select(tracker => tracker.Process)];
        foreach (var program in killed)
            program.Signal("KILL");
        await Task.WhenAll(killed.Select(program => program.ExitAsync()));
        await StartAllAsync(cluster);
        using var stranger = await RegisterAsync(cluster.Trackers[2]);
        var given = await ShareAsync(stranger, OtherSong(lastId: before.Values.First()));

        Assert.NotEqual(0, given);
        Assert.DoesNotContain(given, before.Values);
        await cluster.StartPeerAsync("anna", 1);
        bool IsAnnas(Song song) => before.ContainsKey(HashOf(song));
        foreach (var tracker in cluster.Trackers)
        {
            var songs = await cluster.ListsAsync(tracker, songs => songs.Count(IsAnnas) == 3, "with the returned peer");
            Assert.Equal(before, IdsOf(songs.Where(IsAnnas)));
        }
    }

    private static async Task StartAllAsync(TrackerCluster cluster)
    {
        for (var tracker = 0; tracker < Trackers; tracker++)
            await cluster.StartAsync(tracker);
    }

    // A tracker writes ids in batches, shortly after it has learnt them.
    private static Task<string> StoresAsync(string folder, IReadOnlyCollection<string> hashes) => Catalog.EventuallyAsync(
        async () => Convert.ToHexString(await File.ReadAllBytesAsync(Path.Combine(folder, "song-ids"))),
        stored => hashes.All(hash => stored.Contains(hash, StringComparison.Ordinal)), "the ids are in the data folder");

    private static async Task<RawTspClient> RegisterAsync(TrackerProgram tracker)
    {
        var client = await RawTspClient.Connect(tracker.Port);
        var hello = new Init
        {
            Hello = new Hello
            {
                ProtocolVersion = 1,
                PeerId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16)),
                Name = "stranger",
                ListenPort = 7071,
                Agent = "specs",
            },
        };
        await Catalog.EventuallyAsync(
            async () =>
            {
                // A tracker that cannot reach the others yet refuses, and leaves the connection open.
                await client.Send(Operation.Init, 0, hello);
                return (await client.ReceiveAnsweringPings()).Operation;
            },
            operation => operation == Operation.Init, "the stranger is welcomed");
        return client;
    }

    /// <summary>Shares one song and returns its id.</summary>
    private static async Task<int> ShareAsync(RawTspClient client, SharedSong song)
    {
        await client.Send(Operation.Share, 0, new Share { Complete = true, Last = true, Added = { song } });
        Frame frame;
        do
            frame = await client.ReceiveAnsweringPings();
        while (frame.Operation == Operation.List);
        Assert.Equal(Operation.Assign, frame.Operation);
        return Assert.Single(RawTspClient.Parse<Assign>(frame).Songs).Id;
    }

    private static SharedSong OtherSong(int lastId) => new()
    {
        ContentHash = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(32)),
        Tags = new SongTags { Title = "Other" },
        Format = new AudioFormat
        {
            DurationMs = 180_000,
            BitrateBps = 128_000,
            SampleRateHz = 44_100,
            Channels = 2,
            PayloadBytes = 2_880_000,
        },
        LastId = lastId,
    };

    private static Dictionary<string, int> IdsOf(IEnumerable<Song> songs) => songs.ToDictionary(HashOf, song => song.Id);

    private static string HashOf(Song song) => Convert.ToHexString(song.ContentHash.Span);
}
