using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.Remote.Transport.DotNetty;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// The keys that the trackers in a cluster derive from their shared secret: one key pair for TLS between them, and the key that signs
/// receipts.
/// </summary>
/// <remarks>
/// Every tracker has the same key pair. In the TLS handshake, each side proves that it has this key pair, and therefore that it knows the
/// secret (docs/decisions/0044). Deriving the keys takes about a second, and so does each guess at the secret.
/// </remarks>
public sealed class ClusterSecret
{
    /// <summary>The minimum length of a secret in characters.</summary>
    public const int MinLength = 16;

    // The number of iterations that OWASP recommends for PBKDF2 with SHA-256.
    private const int Iterations = 600_000;

    private const int KeySize = 32;

    // More bytes than the curve's order has, so that the remainder is practically uniform (RFC 9380, section 5).
    private const int ScalarBytes = 48;

    private static readonly BigInteger Order = BigInteger.Parse(
        "0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture);

    private readonly Lazy<byte[]> _master;

    /// <param name="secret">The secret, the same on all trackers.</param>
    public ClusterSecret(string secret) => _master = new Lazy<byte[]>(() => Rfc2898DeriveBytes.Pbkdf2(
        Encoding.UTF8.GetBytes(secret), "tsp1-cluster"u8, Iterations, HashAlgorithmName.SHA256, KeySize));

    /// <summary>The key that signs the receipts of song ids.</summary>
    internal byte[] ReceiptKey => Derive("tsp1-receipts"u8, KeySize);

    /// <summary>Returns TLS settings for Akka that let this tracker talk only to trackers that know the secret.</summary>
    internal DotNettySslSetup ToTls()
    {
        using var key = ToKeyPair();
        var publicKey = key.ExportSubjectPublicKeyInfo();
        return new DotNettySslSetup(
            CertificateFor(key), suppressValidation: false, requireMutualAuthentication: true,
            customValidator: (certificate, _, _, _, _) => certificate is not null && HasKey(certificate, publicKey));
    }

    /// <summary>Returns the key pair, which is the same for all trackers that know the secret.</summary>
    internal ECDsa ToKeyPair()
    {
        var number = new BigInteger(Derive("tsp1-cluster-tls"u8, ScalarBytes), isUnsigned: true, isBigEndian: true);
        var scalar = (number % (Order - 1)) + 1;
        var bytes = new byte[KeySize];
        var digits = scalar.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(bytes, KeySize - digits.Length);
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = bytes });
    }

    /// <summary>Returns the name of this type; never reveals the secret.</summary>
    public override string ToString() => nameof(ClusterSecret);

    private byte[] Derive(ReadOnlySpan<byte> label, int length)
    {
        var derived = new byte[length];
        HKDF.Expand(HashAlgorithmName.SHA256, _master.Value, derived, label);
        return derived;
    }

    // Only the key matters, so names and dates may differ from tracker to tracker.
    private static X509Certificate2 CertificateFor(ECDsa key)
    {
        var request = new CertificateRequest("CN=tsp-tracker", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(100));
        // TLS on Windows does not accept a key that exists only in memory. Exporting and loading the certificate stores the key.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static bool HasKey(X509Certificate2 certificate, byte[] publicKey) =>
        CryptographicOperations.FixedTimeEquals(certificate.PublicKey.ExportSubjectPublicKeyInfo(), publicKey);
}
