using TspActors.Configuration;

namespace TspActors.Tracker.Tests;

/// <summary>Checks the settings in tsp.tracker.tls, and what --print-identity says about a certificate.</summary>
public sealed class TlsSettingsSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-tls-").FullName;
    private readonly TestCertificate _certificate = new();
    private readonly TlsSettings _files;

    public TlsSettingsSpecs() => _files = _certificate.Write(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_identity_is_the_key_of_the_certificate_with_the_command_that_computes_it()
    {
        var settings = Read(("tls.certificate", _files.Certificate!), ("tls.certificate-key", _files.CertificateKey!));
        Assert.Equal(
            $"{_certificate.Id}\nopenssl x509 -in {_files.Certificate} -pubkey -noout | "
            + "openssl pkey -pubin -outform der | sha256sum | head -c 32\n", TrackerKey.Describe(settings));
    }

    [Fact]
    public void A_certificate_without_TLS_is_refused() => ExpectProblem(
        "tsp.tracker.tls.certificate: the tracker does not accept TLS",
        ("encryption", "off"), ("tls.certificate", _files.Certificate!), ("tls.certificate-key", _files.CertificateKey!));

    [Fact]
    public void A_certificate_that_cannot_be_loaded_is_refused() => ExpectProblem(
        $"tsp.tracker.tls.certificate: the private key of the certificate in {_files.Certificate} is not in",
        ("tls.certificate", _files.Certificate!));

    [Fact]
    public void A_key_without_a_certificate_is_refused() => ExpectProblem(
        "tsp.tracker.tls.certificate-key: there is no certificate", ("tls.certificate-key", _files.CertificateKey!));

    [Fact]
    public void The_password_is_not_printed() =>
        Assert.DoesNotContain("open sesame", Load([("tls.certificate-password", "open sesame")]).Print(), StringComparison.Ordinal);

    private void ExpectProblem(string text, params (string Key, string Value)[] settings)
    {
        var error = Assert.Throws<SettingsException>(() => Read(settings));
        Assert.Contains(text, Assert.Single(error.Problems).ToString(), StringComparison.Ordinal);
    }

    private TrackerSettings Read(params (string Key, string Value)[] settings) => TrackerSettingsReader.Read(Load(settings));

    private ProgramConfiguration Load((string Key, string Value)[] settings)
    {
        var file = Path.Combine(_folder, "tracker.conf");
        File.WriteAllLines(file, settings.Select(setting => $"tsp.tracker.{setting.Key} = \"{setting.Value}\""));
        return ProgramConfiguration.Load(new LoadRequest
        {
            Program = "tracker",
            Reference = LoadRequest.EmbeddedReference(typeof(TrackerSettings).Assembly),
            ConfigFile = file,
            WorkingDirectory = _folder,
            ProgramDirectory = _folder,
            Environment = new Dictionary<string, string>(),
            CommandLine = [],
            SecretKeys = TrackerSettingsReader.SecretKeys,
        });
    }
}
