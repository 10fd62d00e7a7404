using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Protocol;

namespace TspActors.Transport.Tls;

/// <summary>A certificate's public key: its id, and whether keys of its kind are accepted.</summary>
internal static class CertificateKey
{
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 4096;

    // The modulus, the exponent and their DER headers. A longer key is refused before it is used in any computation.
    private const int MaxRsaKeyBytes = (MaxRsaBits / 8) + 32;

    // The object identifier of P-256, in DER: 1.2.840.10045.3.1.7.
    private static ReadOnlySpan<byte> P256 => [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

    /// <summary>Returns the id of the certificate's key.</summary>
    public static KeyId IdOf(X509Certificate2 certificate) =>
        KeyId.FromPublicKey(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>Returns true for P-256 and for RSA with 2,048 to 4,096 bits.</summary>
    public static bool IsAccepted(X509Certificate2 certificate)
    {
        var key = certificate.PublicKey;
        return key.Oid.Value switch
        {
            EllipticCurve => key.EncodedParameters?.RawData.AsSpan().SequenceEqual(P256) == true,
            Rsa => key.EncodedKeyValue.RawData.Length <= MaxRsaKeyBytes && IsAcceptedRsa(key),
            _ => false,
        };
    }

    private static bool IsAcceptedRsa(PublicKey key)
    {
        try
        {
            using var rsa = key.GetRSAPublicKey();
            return rsa?.KeySize is >= MinRsaBits and <= MaxRsaBits;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
