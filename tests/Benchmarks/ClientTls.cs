using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Protocol;

namespace TspActors.Benchmarks;

/// <summary>TLS for simulated clients: a key and its certificate, with which any number of connections may identify themselves.</summary>
/// <remarks>The clients accept every server, because only the server is measured.</remarks>
internal sealed class ClientTls
{
    private static readonly CipherSuitesPolicy? Suites = OperatingSystem.IsWindows()
        ? null
        : new CipherSuitesPolicy([TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]);

    private readonly SslStreamCertificateContext _certificate;

    private ClientTls(X509Certificate2 certificate)
    {
        _certificate = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        Key = KeyId.FromPublicKey(certificate.PublicKey.ExportSubjectPublicKeyInfo());
    }

    /// <summary>The id of the key.</summary>
    public KeyId Key { get; }

    public static ClientTls CreateNew()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=load", key, HashAlgorithmName.SHA256);
        return new ClientTls(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1)));
    }

#pragma warning disable CA5359 // The benchmark's clients accept every key on purpose.
    /// <summary>Performs the handshake on a connected socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="protocol">The protocol to offer in ALPN.</param>
    /// <param name="stop">Cancels the handshake.</param>
    public async Task<SslStream> ConnectAsync(Socket socket, string protocol, CancellationToken stop = default)
    {
        var tls = new SslStream(new NetworkStream(socket));
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "",
                    ClientCertificateContext = _certificate,
                    ApplicationProtocols = [new SslApplicationProtocol(protocol)],
                    CipherSuitesPolicy = Suites,
                    AllowTlsResume = false,
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
                },
                stop).ConfigureAwait(false);
            return tls;
        }
        catch (AuthenticationException failed)
        {
            throw new IOException(failed.Message, failed);
        }
    }
#pragma warning restore CA5359
}
