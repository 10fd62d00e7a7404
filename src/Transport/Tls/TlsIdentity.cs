using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Protocol;

namespace TspActors.Transport.Tls;

/// <summary>The key and the certificate with which this program identifies itself, as a TLS server and as a TLS client.</summary>
/// <remarks>
/// Only the key identifies a program. The certificate around it is made at each start, because TLS needs one; nobody checks its name or its
/// dates.
/// </remarks>
public sealed class TlsIdentity : IDisposable
{
    private const int ValidYears = 50;

    private readonly X509Certificate2 _certificate;

    private TlsIdentity(X509Certificate2 certificate)
    {
        _certificate = certificate;
        KeyId = CertificateKey.IdOf(certificate);
        // Offline, because otherwise .NET would look for issuers on the network.
        Context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>The id of the key.</summary>
    public KeyId KeyId { get; }

    internal SslStreamCertificateContext Context { get; }

    /// <summary>Returns an identity with a new key, for a program that keeps none.</summary>
    public static TlsIdentity CreateNew()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return FromKey(key);
    }

    /// <summary>Returns the identity of a P-256 key, with a self-signed certificate made now.</summary>
    public static TlsIdentity FromKey(ECDsa key)
    {
        var now = DateTimeOffset.UtcNow;
        var request = new CertificateRequest("CN=tsp", key, HashAlgorithmName.SHA256);
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(ValidYears));
        return new TlsIdentity(OperatingSystem.IsWindows() ? Reload(certificate) : certificate);
    }

    /// <summary>Returns the identity of a certificate with its private key, such as one that an authority issued.</summary>
    internal static TlsIdentity FromCertificate(X509Certificate2 certificate) =>
        new(OperatingSystem.IsWindows() ? Reload(certificate) : certificate);

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    // The TLS of Windows does not accept a key that exists only in memory.
    private static X509Certificate2 Reload(X509Certificate2 certificate)
    {
        using (certificate)
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
