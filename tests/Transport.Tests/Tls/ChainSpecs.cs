using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Tls;

/// <summary>
/// Checks that a server may show the chain of its authority, and that only the first certificate counts for a key. A tracker with a
/// certificate from an authority can be pinned, too.
/// </summary>
public sealed class ChainSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private readonly X509Certificate2 _root = TestCertificates.Authority();

    protected override bool IsSecure => true;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_may_show_a_chain_whether_or_not_its_key_is_pinned(bool pinned)
    {
        var (leaf, context) = Chain(1);
        var tls = pinned ? TlsClient.Pinned(ClientIdentity, CertificateKey.IdOf(leaf)) : TlsClient.AnyKey(ClientIdentity);
        var (client, handshake) = await Accept(tls, context);
        Assert.Equal(CertificateKey.IdOf(leaf), (await client.ExpectMsgAsync<ConnectionOpened>()).RemoteKey);
        await handshake;
    }

    [Fact]
    public async Task The_key_of_an_issuer_in_the_chain_is_not_the_servers_key()
    {
        var (leaf, context) = Chain(1);
        var pin = CertificateKey.IdOf(context.IntermediateCertificates[0]);
        var (client, handshake) = await Accept(TlsClient.Pinned(ClientIdentity, pin), context);
        var failed = await client.ExpectMsgAsync<ConnectFailed>();
        Assert.Equal(TlsFailure.KeyMismatch, failed.Tls);
        Assert.Contains($"{CertificateKey.IdOf(leaf)} instead of {pin}", failed.Reason, StringComparison.Ordinal);
        await IgnoreFailure(handshake);
    }

    [Fact]
    public async Task A_client_with_a_chain_is_refused()
    {
        var (_, context) = Chain(1);
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        using var remote = await RawTspClient.Connect(address);
        await IgnoreFailure(remote.StartTls(context));
        await sessions.ExpectNoMsgAsync(TimeSpan.FromSeconds(1));
    }

    // A tracker with a certificate from an authority connects to the ports of its peers.
    [Fact]
    public async Task A_client_whose_identity_has_a_chain_shows_its_key_without_it_and_is_accepted()
    {
        using var middle = TestCertificates.Issue(_root, "middle", isAuthority: true);
        using var identity = TlsIdentity.FromCertificate(TestCertificates.Issue(middle, "localhost"), [middle]);
        var (sessions, session) = (CreateTestProbe(), CreateTestProbe());
        var (_, address) = await Listen(Patient, sessions);
        session.ChildActorOf(TspConnectionActor.Outgoing(
            "127.0.0.1", address.Port, Patient, session, tls: TlsClient.Pinned(identity, ServerIdentity.KeyId)));

        var (here, there) = (await session.ExpectMsgAsync<ConnectionOpened>(), await sessions.ExpectMsgAsync<ConnectionOpened>());
        Assert.Equal((identity.KeyId, ServerIdentity.KeyId), (here.OwnKey!.Value, here.RemoteKey!.Value));
        Assert.Equal((ServerIdentity.KeyId, identity.KeyId), (there.OwnKey!.Value, there.RemoteKey!.Value));
    }

    [Fact]
    public async Task A_server_shows_its_chain_to_clients_that_check_the_authority()
    {
        using var middle = TestCertificates.Issue(_root, "middle", isAuthority: true);
        using var identity = TlsIdentity.FromCertificate(TestCertificates.Issue(middle, "localhost"), [middle]);
        var (_, address) = await Listen(Patient, CreateTestProbe(), identity: identity);
        var session = CreateTestProbe();
        session.ChildActorOf(TspConnectionActor.Outgoing(
            "127.0.0.1", address.Port, Patient, session,
            tls: TlsClient.Authority(ClientIdentity, "localhost") with { Authorities = [_root] }));
        Assert.Equal(identity.KeyId, (await session.ExpectMsgAsync<ConnectionOpened>()).RemoteKey);
    }

    // OpenSSL itself would accept 100 KiB of certificates.
    [Theory]
    [InlineData(40, true)]
    [InlineData(80, false)]
    public async Task A_handshake_has_at_most_64_KiB(int kibibytes, bool accepted)
    {
        var (leaf, context) = Chain(kibibytes / 10, paddingBytes: 10 * 1024);
        var (client, handshake) = await Accept(TlsClient.Pinned(ClientIdentity, CertificateKey.IdOf(leaf)), context);
        if (accepted)
        {
            await client.ExpectMsgAsync<ConnectionOpened>();
            await handshake;
            return;
        }

        var failed = await client.ExpectMsgAsync<ConnectFailed>();
        Assert.EndsWith("sent more than 64 KiB in the TLS handshake", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(TlsFailure.BadCertificate, failed.Tls);
        await IgnoreFailure(handshake);
    }

    // A single certificate: a chain would be refused whatever its size.
    [Theory]
    [InlineData(40, true)]
    [InlineData(80, false)]
    public async Task The_handshake_of_a_client_has_at_most_64_KiB(int kibibytes, bool accepted)
    {
        using var identity = TestCertificates.SelfSigned(ECCurve.NamedCurves.nistP256, paddingBytes: kibibytes * 1024);
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(Patient with { CloseTimeout = Soon }, sessions);
        using var remote = await RawTspClient.Connect(address);
        await IgnoreFailure(remote.StartTls(identity.Context));
        if (accepted)
        {
            Assert.Equal(identity.KeyId, (await sessions.ExpectMsgAsync<ConnectionOpened>()).RemoteKey);
            return;
        }

        await remote.ReceiveToEnd();
        await AwaitAssertAsync(() => Assert.Empty(((Akka.Actor.ActorRefWithCell)server).Children));
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _root.Dispose();
    }

    // Returns a chain with this many intermediate certificates, each enlarged by the padding.
    private (X509Certificate2 Leaf, SslStreamCertificateContext Context) Chain(int length, int paddingBytes = 0)
    {
        var middles = new X509Certificate2Collection();
        var issuer = _root;
        for (var i = 0; i < length; i++)
        {
            issuer = TestCertificates.Issue(issuer, $"middle{i}", isAuthority: true, paddingBytes: paddingBytes);
            middles.Insert(0, issuer);
        }

        var leaf = TestCertificates.Issue(issuer, "localhost");
        return (leaf, SslStreamCertificateContext.Create(leaf, middles, offline: true));
    }

    private async Task<(TestProbe Client, Task Handshake)> Accept(TlsClient tls, SslStreamCertificateContext context)
    {
        using var listener = RawTspClient.Listen();
        var session = CreateTestProbe();
        session.ChildActorOf(TspConnectionActor.Outgoing("127.0.0.1", listener.Address().Port, Patient, session, tls: tls));
        var remote = await RawTspClient.Accept(listener);
        return (session, remote.AcceptTls(context));
    }
}
