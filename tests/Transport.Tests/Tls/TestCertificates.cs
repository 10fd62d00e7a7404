using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Transport.Tls;

namespace TspActors.Transport.Tests.Tls;

/// <summary>Creates certificates of every kind for tests.</summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    /// <summary>Returns the identity of a certificate that is signed with its own key.</summary>
    /// <param name="curve">The curve of the key.</param>
    /// <param name="validDays">The number of days until it expires, counted from now.</param>
    /// <param name="startDays">The number of days until it becomes valid, counted from now; negative = it is valid already.</param>
    /// <param name="name">The common name.</param>
    /// <param name="paddingBytes">The number of bytes that only make it larger.</param>
    public static TlsIdentity SelfSigned(
        ECCurve curve, int validDays = 10, int startDays = -20, string name = "someone else", int paddingBytes = 0)
    {
        using var key = ECDsa.Create(curve);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        Pad(request, paddingBytes);
        return TlsIdentity.FromCertificate(request.CreateSelfSigned(Now.AddDays(startDays), Now.AddDays(validDays)));
    }

    /// <summary>Writes a key and its certificate to a file.</summary>
    public static TlsIdentity WithPem(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=openssl", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        File.WriteAllText(path, $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n");
        return TlsIdentity.FromKey(key);
    }

    public static TlsIdentity SelfSignedRsa(int bits)
    {
        using var key = RSA.Create(bits);
        var request = new CertificateRequest("CN=rsa", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return TlsIdentity.FromCertificate(request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1)));
    }

    /// <summary>Returns a certificate whose RSA key is made up, because generating a very long key takes minutes.</summary>
    public static X509Certificate2 WithMadeUpRsaKey(int bits)
    {
        var modulus = RandomNumberGenerator.GetBytes(bits / 8);
        modulus[0] |= 0x80;
        modulus[^1] |= 1;
        var encoded = new AsnWriter(AsnEncodingRules.DER);
        using (encoded.PushSequence())
        {
            encoded.WriteIntegerUnsigned(modulus);
            encoded.WriteInteger(65537);
        }

        var rsa = new Oid("1.2.840.113549.1.1.1");
        byte[] noParameters = [5, 0];
        var key = new PublicKey(rsa, new AsnEncodedData(rsa, noParameters), new AsnEncodedData(rsa, encoded.Encode()));
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedName("CN=long key");
        return new CertificateRequest(name, key, HashAlgorithmName.SHA256).Create(
            name, X509SignatureGenerator.CreateForECDsa(signer), Now.AddDays(-1), Now.AddDays(1), RandomNumberGenerator.GetBytes(8));
    }

    public static X509Certificate2 Authority(string name = "CN=authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-20), Now.AddDays(20));
    }

    /// <summary>Returns a certificate that an authority issued.</summary>
    /// <param name="authority">The issuer, with its key.</param>
    /// <param name="name">The DNS name, or an IP address.</param>
    /// <param name="validDays">The number of days for which it is valid, counted from now.</param>
    /// <param name="isAuthority">Whether it may issue certificates itself.</param>
    /// <param name="issuerUrl">An address from which the issuer's certificate could be downloaded.</param>
    /// <param name="paddingBytes">The number of bytes that only make it larger.</param>
    public static X509Certificate2 Issue(
        X509Certificate2 authority, string name, int validDays = 10, bool isAuthority = false, string? issuerUrl = null,
        int paddingBytes = 0)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name.Replace(' ', '-'));
        request.CertificateExtensions.Add(names.Build());
        if (issuerUrl is not null)
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerUrl]));
        Pad(request, paddingBytes);
        using var issued = request.Create(authority, Now.AddDays(-19), Now.AddDays(validDays), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    private static void Pad(CertificateRequest request, int bytes)
    {
        if (bytes > 0)
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.99999.1", new byte[bytes], critical: false));
    }
}
