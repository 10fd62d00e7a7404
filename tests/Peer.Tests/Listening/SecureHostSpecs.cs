using System.Security.Authentication;
using Google.Protobuf;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks that a secure host is asked only over TLS, and only with the key whose id is its peer id.</summary>
public sealed class SecureHostSpecs : FetchSpec
{
    private readonly TlsIdentity _identity = TlsIdentity.CreateNew();
    private readonly PeerKey _key = new();
    private readonly PeerKey _otherKey = new();
    private readonly Requester _requester;

    public SecureHostSpecs(ITestOutputHelper output)
        : base(output) =>
        _requester = new Requester(_identity.KeyId.ToPeerId(), "ear", null) { Tls = _identity };

    [Fact]
    public async Task A_secure_host_is_asked_over_TLS_and_sees_the_requesters_key()
    {
        var seen = new TaskCompletionSource<KeyId>();
        var host = Secure("ann", async (host, remote) =>
        {
            await remote.AcceptTls(_key.Context);
            seen.SetResult(remote.RemoteKey);
            var request = await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload.AsMemory((int)request.Offset));
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        Grant(host);
        var sink = new MemorySink();

        Fetch(sink, requester: _requester);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
        Assert.Equal(_identity.KeyId, await seen.Task);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_shows_another_key_or_answers_in_plain_is_never_asked_in_plain(bool speaksTls)
    {
        var firstBytes = new List<byte>();
        var between = Secure("between", async (_, remote) =>
        {
            var first = new byte[1];
            await remote.Socket.ReceiveAsync(first, System.Net.Sockets.SocketFlags.Peek);
            lock (firstBytes)
                firstBytes.Add(first[0]);
            if (speaksTls)
                await RefusedTlsAsync(remote);
            else
                await remote.Send(Operation.Error, 0, new Error { Code = ErrorCode.Unsupported });
        });
        Grant(between);

        Fetch(new MemorySink(), requester: _requester);

        var failure = Assert.IsType<FetchFailed>(await OutcomeAsync());
        Assert.All(firstBytes, first => Assert.Equal(0x16, first));
        Assert.Equal(Calm.Rounds, firstBytes.Count);
        Assert.Contains(speaksTls ? $"{_otherKey.Id}" : "TLS", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_user_is_told_once_that_a_host_did_not_prove_its_key(bool speaksTls)
    {
        Grant(Secure("between", (_, remote) => speaksTls
            ? RefusedTlsAsync(remote)
            : remote.Send(Operation.Error, 0, new Error { Code = ErrorCode.Unsupported })));

        Fetch(new MemorySink(), requester: _requester);

        var notices = new List<string>();
        var outcome = await FishForMessageAsync<object>(
            message =>
            {
                if (message is FetchNotice notice)
                    notices.Add(notice.Text);
                return message is FetchFailed or FetchCompleted;
            },
            TimeSpan.FromSeconds(60));
        Assert.IsType<FetchFailed>(outcome);
        Assert.Single(notices, notice => notice.Contains("between", StringComparison.Ordinal));
        Assert.Contains(notices, notice => notice.Contains("no trusted host is online", StringComparison.Ordinal));
    }

    [Fact]
    public async Task If_a_host_shows_another_key_the_next_host_serves_the_song()
    {
        var between = Secure("between", (_, remote) => RefusedTlsAsync(remote));
        Grant(between, Good("ann"));
        var sink = new MemorySink();

        Fetch(sink, requester: _requester);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Fact]
    public async Task A_requester_that_requires_TLS_does_not_connect_to_a_host_without_it()
    {
        var plain = Good("ann");
        Grant(plain);

        Fetch(new MemorySink(), requester: _requester with { RequiresTls = true });

        Assert.Contains("TLS", Assert.IsType<FetchFailed>(await OutcomeAsync()).Reason, StringComparison.Ordinal);
        Assert.Equal(0, plain.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_must_prove_the_access_key_for_its_own_TLS_key(bool isRelayed)
    {
        var access = new AccessKey("open sesame");
        var host = Secure("ann", async (host, remote) =>
        {
            await remote.AcceptTls(_key.Context);
            var hello = (await remote.Expect<Init>(Operation.Init)).Hello;
            var nonce = AccessKey.NewNonce();
            await remote.Send(Operation.Init, 0, new Init { Challenge = new Challenge { Nonce = ByteString.CopyFrom(nonce) } });
            await remote.Expect(Operation.Init);
            var own = access.TrackerProof(
                hello.Nonce.Span, nonce, new PeerId(hello.PeerId.Span), isRelayed ? _otherKey.Id : _key.Id);
            await remote.Send(Operation.Init, 0, new Init { Welcome = new Welcome { Hmac = ByteString.CopyFrom(own) } });
            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload);
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        Grant(host);

        Fetch(new MemorySink(), requester: new Requester(_requester.Peer, "ear", access) { Tls = _identity });

        var outcome = await OutcomeAsync();
        if (isRelayed)
            Assert.Contains("access key", Assert.IsType<FetchFailed>(outcome).Reason, StringComparison.Ordinal);
        else
            Assert.IsType<FetchCompleted>(outcome);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _identity.Dispose();
        _key.Dispose();
        _otherKey.Dispose();
    }

    private ScriptedHost Secure(string name, Func<ScriptedHost, RawTspClient, Task> script)
    {
        var host = Host(name, (host, remote, _) => script(host, remote));
        host.Host.PeerId = ByteString.CopyFrom(_key.Id.ToArray());
        host.Host.Secure = true;
        return host;
    }

    private async Task RefusedTlsAsync(RawTspClient remote)
    {
        try
        {
            await remote.AcceptTls(_otherKey.Context);
            await remote.ReceiveToEnd();
        }
        catch (Exception error) when (error is IOException or AuthenticationException)
        {
            // The requester ends the handshake.
        }
    }
}
