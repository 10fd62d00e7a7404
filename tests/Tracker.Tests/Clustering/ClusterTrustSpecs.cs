using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks that a whole cluster knows which peer ids belong to TLS keys.</summary>
public sealed class ClusterTrustSpecs : IDisposable
{
    private readonly PeerKey _key = new();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task A_hello_without_the_key_is_forbidden_at_every_tracker_even_after_the_owner_has_left()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        using var owner = await SecureAsync(cluster, 0);
        await owner.Register(_key.Hello());
        await owner.Share(Samples.Complete(Samples.Songs(2)));
        var songs = await cluster.ListsAsync(1, songs => songs.Count == 2);
        Assert.All(songs, song => Assert.True(Assert.Single(song.Hosts).Secure));

        var thief = await cluster.ConnectAsync(1);
        await thief.Send(Operation.Init, 0, _key.Hello(port: 6666));
        await thief.ExpectError(ErrorCode.Forbidden);
        await owner.Settle();

        await owner.Send(Operation.Quit);
        await owner.ExpectEnd();
        await cluster.ListsAsync(1, songs => songs.Count == 0);
        await thief.Send(Operation.Init, 0, _key.Hello(port: 6666));
        await thief.ExpectError(ErrorCode.Forbidden);

        using var back = await SecureAsync(cluster, 1);
        await back.Register(_key.Hello());
    }

    [Fact]
    public async Task The_owner_of_the_key_replaces_a_peer_that_took_its_id_at_another_tracker()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        var thief = await cluster.ConnectAsync(0);
        await thief.Register(_key.Hello(port: 6666));
        await thief.Share(Samples.Complete(Samples.Songs(2)));
        await cluster.ListsAsync(1, songs => songs.Count == 2);

        using var owner = await SecureAsync(cluster, 1);
        await owner.Register(_key.Hello());

        // No PING precedes the error, because nobody asked whether the thief was alive.
        Assert.Equal(Operation.Error, (await thief.Receive())!.Value.Operation);
    }

    [Fact]
    public async Task A_welcome_over_TLS_names_the_keys_of_the_other_trackers_and_one_in_plain_only_their_addresses()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(2);
        var other = cluster[1];
        await NamesAsync(cluster, $"tsps://{other.Address}#{other.KeyId}");

        var plain = await cluster.ConnectAsync(0);
        var told = await plain.Register(PeerClient.Hello(9));
        Assert.Equal([$"{other.Address}"], told.AlternativeTrackers);
    }

    [Fact]
    public async Task A_welcome_names_the_key_of_another_tracker_that_has_renewed_its_certificate()
    {
        var folder = Directory.CreateTempSubdirectory("tsp-cluster-certificate-");
        try
        {
            await using var cluster = await ClusterOfTrackers.StartAsync(2, tls: new TestCertificate().Write(folder.FullName));
            var renewed = new TestCertificate();
            renewed.Write(folder.FullName);
            cluster[1].CheckCertificate();
            await NamesAsync(cluster, $"tsps://{cluster[1].Address}#{renewed.Id}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Waits until a welcome of the first tracker names this place as the only other one.
    private Task NamesAsync(ClusterOfTrackers cluster, string place) => ClusterOfTrackers.UntilAsync(
        async () =>
        {
            using var secure = await SecureAsync(cluster, 0);
            var welcome = await secure.Register(_key.Hello());
            await secure.Send(Operation.Quit);
            return welcome.AlternativeTrackers is [var named] && named == place;
        },
        () => $"the welcome names {place}");

    private async Task<RawTspClient> SecureAsync(ClusterOfTrackers cluster, int tracker)
    {
        var client = await RawTspClient.Connect(cluster[tracker].Address);
        await client.StartTls(_key.Context);
        return client;
    }
}
