using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests;

/// <summary>A certificate for a tracker, self-signed, as PEM files for one test.</summary>
internal sealed class TestCertificate
{
    /// <param name="validDays">The end of its validity, counted from now.</param>
    /// <param name="renewed">A certificate with the same key; null = this one has a new key.</param>
    public TestCertificate(int validDays = 10, TestCertificate? renewed = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (renewed is not null)
            key.ImportFromPem(renewed.KeyPem);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest("CN=tracker.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            now.AddDays(-20), now.AddDays(validDays));
        Pem = certificate.ExportCertificatePem() + "\n";
        KeyPem = key.ExportPkcs8PrivateKeyPem() + "\n";
        Id = KeyId.FromPublicKey(key.ExportSubjectPublicKeyInfo());
    }

    public string Pem { get; }

    public string KeyPem { get; }

    public KeyId Id { get; }

    /// <summary>Writes both files into a folder, and replaces those of another certificate.</summary>
    public TlsSettings Write(string folder)
    {
        var settings = In(folder);
        File.WriteAllText(settings.Certificate!, Pem);
        File.WriteAllText(settings.CertificateKey!, KeyPem);
        return settings;
    }

    /// <summary>Returns the settings for the files in a folder.</summary>
    public static TlsSettings In(string folder) => new()
    {
        Certificate = Path.Combine(folder, "fullchain.pem"),
        CertificateKey = Path.Combine(folder, "privkey.pem"),
    };
}
