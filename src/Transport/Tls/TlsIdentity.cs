using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Protocol;

namespace TspActors.Transport.Tls;

/// <summary>The key and the certificate with which this program identifies itself, as a TLS server and as a TLS client.</summary>
/// <remarks>
/// <para>
/// Peers that pin a key check only the key. A certificate for that key is created at each start, because TLS needs one; those peers do not
/// check its name or its dates. A certificate from an authority (<see cref="CertificateFile"/>) also serves peers that check the authority.
/// </para>
/// <para>
/// Thread-safe. <see cref="Renew"/> may replace the key and the certificate at any time; a connection keeps the ones from its handshake.
/// </para>
/// </remarks>
public sealed class TlsIdentity : IDisposable
{
    private volatile PresentedCertificate _shown;

    private TlsIdentity(PresentedCertificate shown) => _shown = shown;

    /// <summary>The id of the key that the next handshake uses.</summary>
    public KeyId KeyId => _shown.KeyId;

    /// <summary>When the certificate expires. It matters only to a remote end that checks the authority.</summary>
    public DateTimeOffset Expires => _shown.Expires;

    /// <summary>The certificate and the key in use. A handshake reads this once, so the certificate always matches the key.</summary>
    internal PresentedCertificate Shown => _shown;

    internal SslStreamCertificateContext Context => _shown.ServerContext;

    /// <summary>Returns an identity with a new key, for a program that does not store its key.</summary>
    /// <exception cref="KeyFileException">This system does not support P-256.</exception>
    public static TlsIdentity CreateNew()
    {
        using var key = KeyFile.NewKey();
        return FromKey(key);
    }

    /// <summary>Returns the identity of a P-256 key, with a self-signed certificate created now.</summary>
    public static TlsIdentity FromKey(ECDsa key) => new(new PresentedCertificate(
        PresentedCertificate.SelfSign(new CertificateRequest("CN=tsp", key, HashAlgorithmName.SHA256)), chain: null));

    /// <summary>Returns the private key, with which a peer signs its live feeds. The caller disposes of it.</summary>
    /// <exception cref="InvalidOperationException">The key is not an elliptic-curve key; the key of a certificate from an authority may
    /// be RSA.</exception>
    public ECDsa OpenPrivateKey() => _shown.OpenPrivateKey();

    /// <summary>Switches to another identity's certificate and key, starting with the next handshake.</summary>
    /// <remarks>The previous certificate is left to the garbage collector, because handshakes in progress may still use it.</remarks>
    /// <param name="renewed">The other identity. It must not be disposed of while this one is used.</param>
    /// <returns>False if the certificate is the same as before.</returns>
    public bool Renew(TlsIdentity renewed)
    {
        ArgumentNullException.ThrowIfNull(renewed);
        var (former, next) = (_shown, renewed._shown);
        _shown = next;
        return !next.IsSameAs(former);
    }

    /// <summary>Returns the identity of a certificate with its private key.</summary>
    /// <param name="certificate">The certificate. The identity disposes of it.</param>
    /// <param name="chain">The certificates of the authority that issued it; null = the certificate is sent without a chain, even
    /// to servers.</param>
    internal static TlsIdentity FromCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain = null) =>
        new(new PresentedCertificate(PresentedCertificate.Reload(certificate), chain));

    /// <inheritdoc/>
    public void Dispose() => _shown.Dispose();
}
