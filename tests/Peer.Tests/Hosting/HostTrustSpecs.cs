using TspActors.Peer.Hosting;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Limits;
using TspActors.Transport.Sessions;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks whom a host serves: which keys, and with which proofs.</summary>
public sealed class HostTrustSpecs(ITestOutputHelper output) : HostSpec(output)
{
    private static readonly AccessKey Access = new("open sesame");

    private readonly TlsIdentity _identity = TlsIdentity.CreateNew();
    private readonly PeerKey _key = new();
    private readonly PeerKey _otherKey = new();

    [Fact]
    public async Task A_host_that_requires_TLS_refuses_plain_connections()
    {
        await StartSecurelyAsync(new HostSecurity(null, _identity.KeyId, RequiresTls: true));
        using var plain = await ConnectAsync();
        await plain.Send(Operation.Ping, 1);
        Assert.Contains($"{_identity.KeyId}", (await plain.ExpectError(ErrorCode.Unauthenticated)).Message, StringComparison.Ordinal);
        await plain.ExpectEnd();

        using var secure = await ConnectSecurelyAsync(_key);
        await secure.Send(Operation.Ping, 1);
        await secure.Expect(Operation.Pong);
    }

    [Fact]
    public async Task A_hello_with_an_id_other_than_that_of_the_key_is_unauthenticated()
    {
        await StartSecurelyAsync(new HostSecurity(null, _identity.KeyId));
        using var liar = await ConnectSecurelyAsync(_key);
        await liar.Send(Operation.Init, 0, PeerKey.HelloOf(_otherKey.Peer));
        await liar.ExpectError(ErrorCode.Unauthenticated);
        await liar.ExpectEnd();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_proof_of_the_access_key_must_cover_the_key_of_the_host(bool covers)
    {
        var access = AccessCheck.For(Access, TimeSpan.FromMinutes(1), "host");
        await StartSecurelyAsync(new HostSecurity(access, _identity.KeyId));
        using var requester = await ConnectSecurelyAsync(_key);
        var nonce = AccessKey.NewNonce();
        await requester.Send(Operation.Init, 0, _key.Hello(nonce: nonce));
        var challenge = (await requester.Expect<Init>(Operation.Init)).Challenge.Nonce.ToByteArray();
        await ProveAsync(requester, Access.PeerProof(challenge, nonce, _key.Peer, covers ? _identity.KeyId : _otherKey.Id));

        if (!covers)
        {
            await requester.ExpectError(ErrorCode.Unauthenticated);
            return;
        }

        var welcome = (await requester.Expect<Init>(Operation.Init)).Welcome;
        Assert.Equal(Access.TrackerProof(nonce, challenge, _key.Peer, _identity.KeyId), welcome.Hmac.ToByteArray());
    }

    [Fact]
    public async Task A_stranger_that_guesses_under_the_id_of_a_requester_with_a_key_does_not_lock_it_out()
    {
        await StartSecurelyAsync(new HostSecurity(AccessCheck.For(Access, TimeSpan.FromMinutes(1), "host"), _identity.KeyId));
        var nonce = AccessKey.NewNonce();
        await GreetWithKeyAsync();
        for (var guess = 0; guess < ProofAttempts.FreeFailures; guess++)
        {
            using var stranger = await ConnectAsync();
            await ChallengeAsync(stranger);
            await ProveAsync(stranger, new byte[AccessKey.ProofSize]);
            await stranger.ExpectError(ErrorCode.Unauthenticated);
        }

        using var last = await ConnectAsync();
        await last.Send(Operation.Init, 0, _key.Hello(nonce: nonce));
        await last.ExpectError(ErrorCode.RateLimited);
        await GreetWithKeyAsync();

        async Task GreetWithKeyAsync()
        {
            using var requester = await ConnectSecurelyAsync(_key);
            await ProveAsync(requester, Access.PeerProof(await ChallengeAsync(requester), nonce, _key.Peer, _identity.KeyId));
            Assert.NotNull((await requester.Expect<Init>(Operation.Init)).Welcome);
        }

        async Task<byte[]> ChallengeAsync(RawTspClient requester)
        {
            await requester.Send(Operation.Init, 0, _key.Hello(nonce: nonce));
            return (await requester.Expect<Init>(Operation.Init)).Challenge.Nonce.ToByteArray();
        }
    }

    [Fact]
    public async Task Only_allowed_keys_have_streams_and_denied_ones_never()
    {
        Share(new TestSong(50_000));
        var (allow, deny) = (new NamedKey(_key.Id, "anna"), new NamedKey(_otherKey.Id, "mallory"));
        var access = new HostingAccessCell(new HostingAccess([allow, deny], [deny]));
        await StartSecurelyAsync(new HostSecurity(null, _identity.KeyId, Listeners: access));
        using var anna = await ConnectSecurelyAsync(_key);
        using var mallory = await ConnectSecurelyAsync(_otherKey);
        using var plain = await ConnectAsync();

        await anna.Send(Play(1));
        await anna.Expect(Operation.Play);
        await mallory.Send(Play(1));
        Assert.Contains($"{_otherKey.Id}", (await mallory.ExpectError(ErrorCode.Forbidden)).Message, StringComparison.Ordinal);
        await plain.Send(Play(1));
        await plain.ExpectError(ErrorCode.Forbidden);
    }

    [Fact]
    public async Task New_lists_of_keys_apply_from_the_next_request_on()
    {
        Share(new TestSong(50_000));
        var anna = new NamedKey(_key.Id, "anna");
        var access = new HostingAccessCell(HostingAccess.Everyone);
        await StartSecurelyAsync(new HostSecurity(null, _identity.KeyId, Listeners: access));
        using var connected = await ConnectSecurelyAsync(_key);
        await connected.Send(Play(1));
        await connected.Expect(Operation.Play);

        access.Current = new HostingAccess([], [anna]);

        // Bytes of the first song may still be in transit.
        await connected.Send(Play(1));
        Assert.Equal(ErrorCode.Forbidden, (await connected.SkipTo<Error>(Operation.Error)).Code);
        access.Current = new HostingAccess([anna], []);
        await connected.Send(Play(1));
        await connected.SkipTo(Operation.Play);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _identity.Dispose();
        _key.Dispose();
        _otherKey.Dispose();
    }

    private static Task ProveAsync(RawTspClient requester, byte[] proof) => requester.Send(
        Operation.Init, 0, new Init { Proof = new Proof { Hmac = Google.Protobuf.ByteString.CopyFrom(proof) } });

    private Task StartSecurelyAsync(HostSecurity security) =>
        StartHostAsync(transport: Patient with { Identity = _identity }, security: security);

    private async Task<RawTspClient> ConnectSecurelyAsync(PeerKey key)
    {
        var client = await ConnectAsync();
        await client.StartTls(key.Context);
        return client;
    }
}
