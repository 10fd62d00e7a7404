using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Protocol;

namespace TspActors.Transport.Tls;

/// <summary>A certificate with its private key, as a <see cref="TlsIdentity"/> presents it. Immutable.</summary>
internal sealed class PresentedCertificate : IDisposable
{
    private const int ValidYears = 50;

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2? _selfSigned;

    /// <param name="certificate">The certificate. The new object disposes of it.</param>
    /// <param name="chain">The certificates of the authority that issued it; null = this program issued it.</param>
    /// <exception cref="CryptographicException">The key cannot sign.</exception>
    public PresentedCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain)
    {
        _certificate = certificate;
        KeyId = CertificateKey.IdOf(certificate);
        // Offline, because otherwise .NET would look for issuers on the network.
        ServerContext = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        if (chain is null)
        {
            ClientContext = ServerContext;
            return;
        }

        // A client may present only one certificate (TlsHandshake), and authorities issue certificates for servers. A client therefore
        // presents a certificate that the key itself has signed, because only the key counts for a client.
        _selfSigned = SelfSignedBy(certificate);
        ClientContext = SslStreamCertificateContext.Create(_selfSigned, additionalCertificates: null, offline: true);
    }

    /// <summary>The id of the key.</summary>
    public KeyId KeyId { get; }

    /// <summary>When the certificate expires.</summary>
    public DateTimeOffset Expires => new(_certificate.NotAfter);

    /// <summary>The context for a server, which presents the certificate and its chain.</summary>
    public SslStreamCertificateContext ServerContext { get; }

    /// <summary>The context for a client, which presents one certificate for the same key.</summary>
    public SslStreamCertificateContext ClientContext { get; }

    /// <summary>Returns a certificate signed with its own key.</summary>
    public static X509Certificate2 SelfSign(CertificateRequest request)
    {
        var now = DateTimeOffset.UtcNow;
        return Reload(request.CreateSelfSigned(now.AddDays(-1), now.AddYears(ValidYears)));
    }

    /// <summary>Returns the certificate in a form that TLS accepts: TLS on Windows refuses a key that exists only in memory.</summary>
    public static X509Certificate2 Reload(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
            return certificate;
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>Returns whether both are the same certificate. Their chains may differ.</summary>
    public bool IsSameAs(PresentedCertificate other) =>
        _certificate.RawDataMemory.Span.SequenceEqual(other._certificate.RawDataMemory.Span);

    /// <summary>Returns the private key; the caller disposes of it.</summary>
    /// <exception cref="InvalidOperationException">The key is not an elliptic-curve key.</exception>
    public ECDsa OpenPrivateKey() =>
        _certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("The key is not an elliptic-curve key.");

    public void Dispose()
    {
        _certificate.Dispose();
        _selfSigned?.Dispose();
    }

    private static X509Certificate2 SelfSignedBy(X509Certificate2 certificate)
    {
        const string Subject = "CN=tsp";
        using var curve = certificate.GetECDsaPrivateKey();
        if (curve is not null)
            return SelfSign(new CertificateRequest(Subject, curve, HashAlgorithmName.SHA256));
        using var rsa = certificate.GetRSAPrivateKey() ?? throw new CryptographicException("the certificate's key is not allowed to sign");
        return SelfSign(new CertificateRequest(Subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }
}
