using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Gateway.Security;

namespace TspActors.Gateway.Tests.Security;

/// <summary>Checks when the files of the gateway's certificate are read again, and what is reported.</summary>
public sealed class ServedCertificateSpecs : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    private readonly TempData _folder = new();
    private readonly ManualClock _clock = new(DateTimeOffset.UtcNow);
    private readonly List<string> _renewals = [];
    private readonly List<string> _faults = [];
    private readonly ServedCertificate _served;
    private readonly string _first;

    public ServedCertificateSpecs()
    {
        _first = Write(New());
        var settings = new GatewaySettings
        {
            Certificate = CertificatePath,
            CertificateKey = KeyPath,
            CertificateReloadInterval = Interval,
        };
        _served = new ServedCertificate(settings, _clock, _renewals.Add, _faults.Add);
    }

    private string CertificatePath => _folder.In("fullchain.pem");

    private string KeyPath => _folder.In("privkey.pem");

    private string Shown => _served.Context.TargetCertificate.Thumbprint;

    public void Dispose()
    {
        _served.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_renewal_is_noticed_within_the_interval()
    {
        _clock.Pass(Interval);
        Assert.Equal(_first, Shown);
        Assert.Empty(_renewals);

        var second = Write(New());
        Assert.Equal(_first, Shown);
        _clock.Pass(Interval);
        Assert.Equal(second, Shown);
        Assert.Contains(
            $"the gateway's certificate in {CertificatePath} has been renewed", Assert.Single(_renewals), StringComparison.Ordinal);
        Assert.Empty(_faults);
    }

    [Fact]
    public void A_renewal_is_noticed_at_once_on_request()
    {
        var second = Write(New());
        _served.Check();
        Assert.Equal(second, Shown);
        Assert.Single(_renewals);
    }

    [Fact]
    public void A_chain_that_was_added_to_the_same_certificate_counts_as_a_renewal()
    {
        File.AppendAllText(CertificatePath, "\n" + New().Pem);
        _served.Check();
        Assert.Equal(_first, Shown);
        Assert.Single(_renewals);
    }

    [Fact]
    public void A_half_written_pair_is_not_reported_and_is_read_again_after_the_interval()
    {
        var second = New();
        File.WriteAllText(CertificatePath, second.Pem);
        _clock.Pass(Interval);
        Assert.Equal(_first, Shown);

        File.WriteAllText(KeyPath, second.KeyPem);
        _clock.Pass(Interval);
        Assert.Equal(second.Thumbprint, Shown);
        Assert.Empty(_faults);
    }

    [Fact]
    public void A_lasting_fault_is_reported_once_and_again_if_it_returns_after_a_repair()
    {
        var key = File.ReadAllText(KeyPath);
        for (var round = 1; round <= 2; round++)
        {
            File.Delete(KeyPath);
            _clock.Pass(3 * Interval);
            Assert.Equal(round, _faults.Count);
            Assert.Contains("the gateway's previous certificate, which is valid until", _faults[^1], StringComparison.Ordinal);
            Assert.Contains(KeyPath, _faults[^1], StringComparison.Ordinal);

            File.WriteAllText(KeyPath, key);
            _clock.Pass(Interval);
        }

        Assert.Equal(_first, Shown);
        Assert.Empty(_renewals);
    }

    [Fact]
    public void On_request_a_fault_is_reported_each_time()
    {
        File.WriteAllText(CertificatePath, "not a certificate");
        _served.Check();
        _served.Check();
        Assert.Equal(2, _faults.Count);
        Assert.Equal(_first, Shown);
    }

    private static (string Pem, string KeyPem, string Thumbprint) New()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest("CN=gateway.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            now.AddDays(-1), now.AddDays(10));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), certificate.Thumbprint);
    }

    private string Write((string Pem, string KeyPem, string Thumbprint) files)
    {
        File.WriteAllText(CertificatePath, files.Pem);
        File.WriteAllText(KeyPath, files.KeyPem);
        return files.Thumbprint;
    }
}
