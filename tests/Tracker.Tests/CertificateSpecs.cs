using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Reachability;
using TspActors.Transport.Relays;

namespace TspActors.Tracker.Tests;

/// <summary>Checks that a tracker shows the certificate in its settings, and uses a renewed one for new connections.</summary>
public sealed class CertificateSpecs : TrackerSpec
{
    private static readonly AccessKey Secret = new("open sesame");

    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-certificate-").FullName;
    private readonly TestCertificate _first = new();
    private readonly PeerKey _peer = new();

    protected override TrackerSettings Settings => Patient with { Tls = _first.Write(_folder), AccessKey = Secret };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _peer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_tracker_shows_the_certificate_and_its_address_names_the_key()
    {
        Assert.Equal(_first.Id, (await ConnectSecurely()).RemoteKey);
        Assert.Equal($"tsps://{_tracker.Address}#{_first.Id}", _tracker.SecureAddress);
    }

    [Fact]
    public async Task A_renewed_key_is_used_by_the_next_connection_and_its_welcome()
    {
        var second = Renew();

        Assert.Equal(second.Id, _tracker.KeyId);
        Assert.EndsWith($"#{second.Id}", _tracker.SecureAddress, StringComparison.Ordinal);
        var client = await ConnectSecurely();
        Assert.Equal(second.Id, client.RemoteKey);
        await ExpectWelcomeWith(client, second.Id);
    }

    [Fact]
    public async Task A_connection_from_before_a_renewal_proves_the_access_key_with_the_key_that_it_has_seen()
    {
        var client = await ConnectSecurely();
        Renew();
        await ExpectWelcomeWith(client, _first.Id);
    }

    [Fact]
    public async Task A_registered_peer_stays_connected_when_the_certificate_is_renewed()
    {
        var client = await ConnectSecurely();
        await ExpectWelcomeWith(client, _first.Id);
        Renew();
        await client.Settle();
    }

    [Fact]
    public async Task After_a_renewal_calls_name_the_trackers_relay_by_the_renewed_key()
    {
        await StartTracker(Settings with
        {
            AccessKey = null,
            Reachability = new ReachabilitySettings { Timeout = TimeSpan.FromSeconds(20) },
            Relay = new RelaySettings { Enabled = true },
        });
        var second = Renew();
        using var hostKey = new PeerKey();
        var (requester, host) = (await JoinForRelays(_peer), await JoinForRelays(hostKey));
        await host.Send(Operation.Share, 0, Samples.Complete(Samples.Song(1)));
        await host.SkipTo<Assign>(Operation.Assign);

        await requester.Send(Operation.Call, 1, new Call
        {
            Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
            PeerId = ByteString.CopyFrom(hostKey.Peer.ToArray()),
            Way = CallWay.Relay,
        });

        Assert.Equal(second.Id, new KeyId((await requester.SkipTo<Call>(Operation.Call)).RelayId.Span));
    }

    [Fact]
    public async Task A_broken_file_leaves_the_former_certificate_in_force()
    {
        File.WriteAllText(Path.Combine(_folder, "fullchain.pem"), "nonsense");
        _tracker.CheckCertificate();
        _tracker.CheckCertificate();
        Assert.Equal(_first.Id, (await ConnectSecurely()).RemoteKey);
    }

    private TestCertificate Renew()
    {
        var second = new TestCertificate();
        second.Write(_folder);
        _tracker.CheckCertificate();
        return second;
    }

    private async Task<RawTspClient> JoinForRelays(PeerKey key)
    {
        var client = await Connect();
        await client.StartTls(key.Context);
        var hello = key.Hello();
        hello.Hello.Features = (ulong)(PeerFeatures.Call | PeerFeatures.RelayUser);
        await client.Register(hello);
        return client;
    }

    private async Task<RawTspClient> ConnectSecurely()
    {
        var client = await Connect();
        await client.StartTls(_peer.Context);
        // An answer shows that the tracker has completed its side of the handshake, too.
        await client.Settle();
        return client;
    }

    private async Task ExpectWelcomeWith(RawTspClient client, KeyId key)
    {
        var nonce = AccessKey.NewNonce();
        await client.Send(Operation.Init, 0, _peer.Hello(nonce: nonce));
        var challenge = (await client.Expect<Init>(Operation.Init)).Challenge.Nonce.ToByteArray();
        var proof = new Proof { Hmac = ByteString.CopyFrom(Secret.PeerProof(challenge, nonce, _peer.Peer, key)) };
        await client.Send(Operation.Init, 0, new Init { Proof = proof });

        var welcome = await client.ExpectWelcome();
        Assert.Equal(Secret.TrackerProof(nonce, challenge, _peer.Peer, key), welcome.Hmac.ToByteArray());
        Assert.Equal(key.ToArray(), welcome.TrackerKeyId.ToByteArray());
    }
}
