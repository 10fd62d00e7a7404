using System.Security.Authentication;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks how a link verifies its trackers: each kind of address, the first use and later ones, and no downgrade.</summary>
public sealed class LinkTrustSpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    private readonly TlsIdentity _identity = TlsIdentity.CreateNew();
    private readonly PeerKey _key = new();
    private readonly PeerKey _otherKey = new();

    private string KeysPath => Folder.In("data", TrackerKeys.FileName);

    [Fact]
    public async Task The_key_of_a_tracker_is_remembered_when_it_first_accepts_the_peer()
    {
        StartSecurely();
        using var tracker = await AcceptSecurelyAsync(_key);
        Assert.Equal(_identity.KeyId, tracker.RemoteKey);
        await tracker.Expect(Operation.Init);
        Assert.False(File.Exists(KeysPath));
        await WelcomeAsync(tracker);

        await StatusBecomesAsync(status => status.Connected);
        Assert.Equal([$"{AddressOf(0)} {_key.Id}"], File.ReadAllLines(KeysPath));
    }

    [Fact]
    public async Task A_key_other_than_the_first_one_is_refused_and_the_message_says_what_to_do()
    {
        var notices = CreateTestProbe();
        Sys.EventStream.Subscribe(notices, typeof(TrustNotice));
        Keys().Remember(OpenTracker(), _key.Id);
        StartSecurely();

        await RefusesAsync(_otherKey);

        var reason = (await notices.ExpectMsgAsync<TrustNotice>(TimeSpan.FromSeconds(30))).Reason;
        foreach (var part in new[] { $"{_key.Id}", $"{_otherKey.Id}", $"delete the line for {AddressOf(0)} in {KeysPath}" })
            Assert.Contains(part, reason, StringComparison.Ordinal);

        // Once its line is deleted, the next connection to the tracker is a first use again.
        File.WriteAllText(KeysPath, "");
        await RegisterSecurelyAsync(_otherKey);
    }

    [Fact]
    public async Task A_tracker_is_not_asked_while_the_keys_of_known_trackers_cannot_be_read()
    {
        OpenTracker();
        Directory.CreateDirectory(Path.GetDirectoryName(KeysPath)!);
        File.WriteAllText(KeysPath, new string('x', 400_000));
        Start([AddressOf(0)], tls: new TrackerTls(_identity, false, new TrackerKeys(KeysPath, _ => { })));

        await StatusBecomesAsync(status => !status.Connected && status.Detail.Contains(KeysPath, StringComparison.Ordinal));
        Assert.False(HasPending(0));

        File.Delete(KeysPath);
        await RegisterSecurelyAsync(_key);
    }

    [Fact]
    public async Task The_status_has_the_key_of_the_connection_even_if_it_could_not_be_saved()
    {
        var tracker = OpenTracker();
        // A file where the folder would be.
        File.WriteAllText(Folder.In("file"), "");
        Start([tracker], tls: new TrackerTls(_identity, false, new TrackerKeys(Folder.In("file", TrackerKeys.FileName), _ => { })));
        using var remote = await AcceptSecurelyAsync(_key);
        Assert.Null((await StatusAsync()).TrackerKey);
        await remote.Expect(Operation.Init);
        await WelcomeAsync(remote);

        await StatusBecomesAsync(status => status.Connected);
        Assert.Equal(_key.Id, (await StatusAsync()).TrackerKey);
    }

    [Fact]
    public async Task A_pinned_tracker_that_knows_this_peer_need_not_ask_for_its_access_key()
    {
        OpenTracker();
        StartSecurely(new TrackerSecurity(TrackerSecurityKind.Pinned, _key.Id), access: new AccessKey("open sesame"));
        await RegisterSecurelyAsync(_key);
    }

    [Fact]
    public async Task A_tracker_that_answers_the_handshake_in_plain_is_asked_in_plain_the_first_time()
    {
        StartSecurely();
        using (var first = await AcceptAsync())
            await AnswerInPlainAsync(first);
        using var second = await RegisterAsync();

        await StatusBecomesAsync(status => status.Connected);
        Assert.Null((await StatusAsync()).TrackerKey);
        Assert.False(File.Exists(KeysPath));
    }

    [Theory]
    [InlineData("known")]
    [InlineData("pinned")]
    [InlineData("authority")]
    [InlineData("required")]
    public async Task A_tracker_that_must_speak_TLS_is_never_asked_in_plain(string why)
    {
        var tracker = OpenTracker();
        if (why == "known")
            Keys().Remember(tracker, _key.Id);
        var security = why switch
        {
            "pinned" => new TrackerSecurity(TrackerSecurityKind.Pinned, _key.Id),
            "authority" => new TrackerSecurity(TrackerSecurityKind.Authority),
            _ => TrackerSecurity.Automatic,
        };
        StartSecurely(security, isRequired: why == "required");

        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var remote = await AcceptAsync();
            Assert.Equal(0x16, await AnswerInPlainAsync(remote));
        }

        Assert.False((await StatusAsync()).Connected);
    }

    [Fact]
    public async Task A_pinned_tracker_must_have_its_key()
    {
        OpenTracker();
        StartSecurely(new TrackerSecurity(TrackerSecurityKind.Pinned, _key.Id));
        await RefusesAsync(_otherKey);
        await RegisterSecurelyAsync(_key);
        // The address itself contains the key, so nothing is remembered.
        Assert.False(File.Exists(KeysPath));
    }

    [Fact]
    public async Task A_certificate_that_no_authority_issued_is_refused_where_one_is_required()
    {
        OpenTracker();
        StartSecurely(new TrackerSecurity(TrackerSecurityKind.Authority));
        await RefusesAsync(_key);
    }

    [Fact]
    public async Task A_plain_address_is_never_asked_with_TLS()
    {
        OpenTracker();
        StartSecurely(new TrackerSecurity(TrackerSecurityKind.Plain));
        using var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
    }

    [Fact]
    public async Task A_tracker_of_the_cluster_must_have_the_key_that_the_welcome_names()
    {
        OpenTrackers(2);
        StartSecurely([AddressOf(0)]);
        using (var first = await AcceptSecurelyAsync(_key))
        {
            await first.Expect(Operation.Init);
            await first.Send(Operation.Init, 0, new Init
            {
                Welcome = new Welcome
                {
                    TrackerName = "first",
                    HeartbeatIntervalMs = 600_000,
                    AlternativeTrackers = { $"tsps://{AddressOf(1)}#{_otherKey.Id}" },
                },
            });
            await StatusBecomesAsync(status => status.Connected);
        }

        await RefusesAsync(_key, tracker: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tracker_must_prove_the_access_key_for_its_own_TLS_key(bool isRelayed)
    {
        var access = new AccessKey("open sesame");
        OpenTracker();
        StartSecurely(access: access);
        using var tracker = await AcceptSecurelyAsync(_key);
        var hello = (await tracker.Expect<Init>(Operation.Init)).Hello;
        var nonce = AccessKey.NewNonce();
        await tracker.Send(Operation.Init, 0, new Init { Challenge = new Challenge { Nonce = ByteString.CopyFrom(nonce) } });
        var proof = (await tracker.Expect<Init>(Operation.Init)).Proof.Hmac.ToByteArray();
        var peer = new PeerId(hello.PeerId.Span);
        Assert.Equal(access.PeerProof(nonce, hello.Nonce.Span, peer, _key.Id), proof);
        // An attacker in between would have to pass on the real tracker's proof, which covers the real tracker's key.
        var own = access.TrackerProof(hello.Nonce.Span, nonce, peer, isRelayed ? _otherKey.Id : _key.Id);
        await tracker.Send(Operation.Init, 0, new Init
        {
            Welcome = new Welcome { TrackerName = "t", HeartbeatIntervalMs = 600_000, Hmac = ByteString.CopyFrom(own) },
        });

        await StatusBecomesAsync(status => isRelayed ? status.Final : status.Connected);
        Assert.Equal(!isRelayed, File.Exists(KeysPath));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _identity.Dispose();
        _key.Dispose();
        _otherKey.Dispose();
    }

    private TrackerKeys Keys() => new(KeysPath, warning => Assert.Fail(warning));

    private TrackerAddress OpenTracker()
    {
        OpenTrackers(1);
        return AddressOf(0);
    }

    private void StartSecurely(TrackerSecurity? security = null, bool isRequired = false, AccessKey? access = null)
    {
        if (!HasTrackers)
            OpenTrackers(1);
        StartSecurely([AddressOf(0) with { Security = security ?? TrackerSecurity.Automatic }], isRequired, access);
    }

    private void StartSecurely(IReadOnlyList<TrackerAddress> addresses, bool isRequired = false, AccessKey? access = null) =>
        Start(addresses, key: access, tls: new TrackerTls(_identity, isRequired, Keys()));

    private async Task<RawTspClient> AcceptSecurelyAsync(PeerKey key, int tracker = 0)
    {
        var remote = await AcceptAsync(tracker);
        await remote.AcceptTls(key.Context);
        return remote;
    }

    // Earlier attempts of the link, which still demand another key, may be waiting.
    private async Task RegisterSecurelyAsync(PeerKey key)
    {
        while (true)
        {
            using var remote = await AcceptAsync();
            try
            {
                await remote.AcceptTls(key.Context);
                await remote.Expect(Operation.Init);
                await WelcomeAsync(remote);
            }
            catch (Exception error) when (error is IOException or AuthenticationException)
            {
                continue;
            }

            await StatusBecomesAsync(status => status.Connected);
            return;
        }
    }

    // The link ends the connection without a hello.
    private async Task RefusesAsync(PeerKey key, int tracker = 0)
    {
        using var remote = await AcceptAsync(tracker);
        try
        {
            await remote.AcceptTls(key.Context);
            Assert.Null(await remote.Receive());
        }
        catch (Exception error) when (error is IOException or AuthenticationException)
        {
            // A client that refuses the certificate may end the handshake at any step.
        }
    }

    // Answers like a tracker without TLS. Returns the first byte that it received.
    private static async Task<byte> AnswerInPlainAsync(RawTspClient remote)
    {
        var first = new byte[1];
        await remote.Socket.ReceiveAsync(first);
        await remote.Send(Operation.Error, 0, new Error { Code = ErrorCode.Unsupported, Message = "unknown operation" });
        return first[0];
    }
}
