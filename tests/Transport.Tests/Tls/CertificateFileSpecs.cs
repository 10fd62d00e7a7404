using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Transport.Tls;

namespace TspActors.Transport.Tests.Tls;

/// <summary>Checks which files with a certificate from an authority can be loaded, and what the messages say about the others.</summary>
public sealed class CertificateFileSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-certificate-").FullName;
    private readonly X509Certificate2 _root = TestCertificates.Authority();
    private readonly X509Certificate2 _middle;
    private readonly X509Certificate2 _leaf;

    public CertificateFileSpecs()
    {
        _middle = TestCertificates.Issue(_root, "middle", isAuthority: true);
        _leaf = TestCertificates.Issue(_middle, "tracker.example");
    }

    public void Dispose()
    {
        _leaf.Dispose();
        _middle.Dispose();
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_PEM_pair_is_loaded_with_its_chain()
    {
        using var identity = CertificateFile.Load(Write("fullchain.pem", Pem(_leaf, _middle)), Write("privkey.pem", Key(_leaf)));
        ExpectLeafAndChain(identity);
    }

    [Fact]
    public void One_PEM_file_may_hold_the_key_too()
    {
        using var identity = CertificateFile.Load(Write("all.pem", Key(_leaf) + Pem(_leaf, _middle)));
        ExpectLeafAndChain(identity);
    }

    [Fact]
    public void An_encrypted_key_is_decrypted_with_the_password()
    {
        using var key = _leaf.GetECDsaPrivateKey()!;
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem(
            "open sesame", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 10_000));
        var (certificate, keyPath) = (Write("fullchain.pem", Pem(_leaf, _middle)), Write("privkey.pem", encrypted));

        using var identity = CertificateFile.Load(certificate, keyPath, "open sesame");
        ExpectLeafAndChain(identity);
        ExpectFault("the password does not decrypt the private key", certificate, keyPath, "another one");
        ExpectFault("the password does not decrypt the private key", certificate, keyPath);
    }

    [Fact]
    public void A_PKCS12_file_is_loaded_with_its_chain_and_the_password()
    {
        var all = new X509Certificate2Collection { _leaf, X509CertificateLoader.LoadCertificate(_middle.RawData) };
        var path = Path.Combine(_folder, "tracker.pfx");
        File.WriteAllBytes(path, all.Export(X509ContentType.Pkcs12, "open sesame")!);

        using var identity = CertificateFile.Load(path, password: "open sesame");
        ExpectLeafAndChain(identity);
        Assert.False(CertificateFile.IsPem(path));
        ExpectFault("neither PEM nor a PKCS#12 file that the password opens", path, password: "another one");
        ExpectFault("is not PEM, so its key cannot be in", path, Write("privkey.pem", Key(_leaf)), "open sesame");
    }

    [Fact]
    public void A_PKCS12_file_without_a_key_is_refused()
    {
        using var alone = X509CertificateLoader.LoadCertificate(_leaf.RawData);
        var path = Path.Combine(_folder, "tracker.pfx");
        File.WriteAllBytes(path, alone.Export(X509ContentType.Pkcs12));
        ExpectFault("there is no private key in", path);
    }

    [Fact]
    public void A_client_shows_one_certificate_for_the_same_key()
    {
        using var identity = CertificateFile.Load(Write("all.pem", Key(_leaf) + Pem(_leaf, _middle)));
        var shown = identity.Shown.ClientContext;
        Assert.Equal(identity.KeyId, CertificateKey.IdOf(shown.TargetCertificate));
        Assert.Empty(shown.IntermediateCertificates);
    }

    [Fact]
    public void An_RSA_key_of_2048_bits_is_accepted_and_one_of_1024_bits_is_not()
    {
        using var identity = CertificateFile.Load(Rsa(2048));
        Assert.Equal(identity.KeyId, CertificateKey.IdOf(identity.Shown.ClientContext.TargetCertificate));
        ExpectFault("neither P-256 nor RSA with 2048 to 4096 bits", Rsa(1024));
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        using var other = TestCertificates.Issue(_root, "tracker.example");
        var certificate = Write("fullchain.pem", Pem(_leaf, _middle));
        ExpectFault("privkey.pem; name the file that holds it", certificate, Write("privkey.pem", Key(other)));
        ExpectFault($"is not in {certificate}", certificate);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n")]
    public void A_file_without_a_certificate_is_refused_by_name(string text)
    {
        var path = Write("fullchain.pem", text);
        ExpectFault(path, path);
    }

    [Fact]
    public void A_missing_file_is_reported_by_name()
    {
        var missing = Path.Combine(_folder, "missing.pem");
        ExpectFault($"{missing} cannot be read", missing);
        ExpectFault($"{missing} cannot be read", Write("fullchain.pem", Pem(_leaf)), missing);
    }

    [Fact]
    public void A_large_file_is_refused_before_it_is_read()
    {
        var path = Path.Combine(_folder, "large.pem");
        using (var file = File.Create(path))
            file.SetLength(2 * 1024 * 1024);
        ExpectFault("larger than 1 MiB", path);
    }

    [Fact]
    public void An_expired_certificate_is_loaded_and_says_so()
    {
        using var expired = TestCertificates.Issue(_root, "tracker.example", validDays: -1);
        using var identity = CertificateFile.Load(Write("all.pem", Pem(expired) + Key(expired)));
        Assert.True(identity.Expires < DateTimeOffset.UtcNow);
    }

    [Fact]
    public void A_renewal_replaces_key_and_certificate()
    {
        using var other = TestCertificates.Issue(_root, "tracker.example");
        using var identity = CertificateFile.Load(Write("one.pem", Pem(_leaf) + Key(_leaf)));
        Assert.False(identity.Renew(CertificateFile.Load(Path.Combine(_folder, "one.pem"))));
        Assert.True(identity.Renew(CertificateFile.Load(Write("two.pem", Pem(other) + Key(other)))));
        Assert.Equal(CertificateKey.IdOf(other), identity.KeyId);
    }

    private static string Pem(params X509Certificate2[] certificates) =>
        string.Concat(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    private static string Key(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static void ExpectFault(string text, string path, string? keyPath = null, string? password = null) => Assert.Contains(
        text, Assert.Throws<CertificateFileException>(() => CertificateFile.Load(path, keyPath, password)).Message,
        StringComparison.Ordinal);

    private void ExpectLeafAndChain(TlsIdentity identity)
    {
        Assert.Equal(CertificateKey.IdOf(_leaf), identity.KeyId);
        Assert.Equal(_leaf.RawData, identity.Context.TargetCertificate.RawData);
        Assert.Equal(_middle.RawData, Assert.Single(identity.Context.IntermediateCertificates).RawData);
    }

    private string Rsa(int bits)
    {
        using var key = RSA.Create(bits);
        var request = new CertificateRequest("CN=rsa", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return Write($"rsa{bits}.pem", Pem(certificate) + key.ExportRSAPrivateKeyPem());
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
