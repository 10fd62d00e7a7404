using TspActors.Protocol;
using TspActors.Transport.Tls;

namespace TspActors.Tracker.Tests;

/// <summary>Checks when the files of a certificate are read again, and what is reported.</summary>
public sealed class CertificateWatchSpecs : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);
    private static readonly DateTime LongAgo = DateTime.UtcNow.AddHours(-1);

    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-watch-").FullName;
    private readonly ManualClock _clock = new(DateTimeOffset.UtcNow);
    private readonly List<KeyId> _former = [];
    private readonly List<string> _warnings = [];
    private TlsIdentity? _identity;
    private CertificateWatch? _watch;

    private string CertificatePath => Path.Combine(_folder, "fullchain.pem");

    private string KeyPath => Path.Combine(_folder, "privkey.pem");

    public void Dispose()
    {
        _watch?.Dispose();
        _identity?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_renewal_is_noticed_within_the_interval()
    {
        var (first, second) = (new TestCertificate(), new TestCertificate());
        var watch = Start(first);
        watch.Check();
        Assert.Empty(_former);

        second.Write(_folder);
        _clock.Advance(Interval);
        Assert.Equal(second.Id, _identity!.KeyId);
        Assert.Equal([first.Id], _former);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_renewal_with_the_same_key_is_reported_too()
    {
        var first = new TestCertificate();
        var watch = Start(first);
        new TestCertificate(validDays: 20, first).Write(_folder);
        watch.Check();
        Assert.Equal(first.Id, _identity!.KeyId);
        Assert.True(_identity.Expires > DateTimeOffset.UtcNow.AddDays(15));
        Assert.Equal([first.Id], _former);
    }

    [Fact]
    public void A_half_written_pair_is_read_again_at_the_next_check_and_not_reported()
    {
        var (first, second) = (new TestCertificate(), new TestCertificate());
        var watch = Start(first);
        File.WriteAllText(CertificatePath, second.Pem);
        watch.Check();
        Assert.Equal(first.Id, _identity!.KeyId);

        File.WriteAllText(KeyPath, second.KeyPem);
        watch.Check();
        Assert.Equal(second.Id, _identity.KeyId);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_fault_is_reported_once_and_again_if_it_returns_after_a_repair()
    {
        var first = new TestCertificate();
        var watch = Start(first);
        for (var round = 1; round <= 2; round++)
        {
            File.Delete(KeyPath);
            watch.Check();
            watch.Check();
            watch.Check();
            Assert.Equal(round, _warnings.Count);
            Assert.Contains("the previous certificate, which is valid until", _warnings[^1], StringComparison.Ordinal);
            Assert.Contains(KeyPath, _warnings[^1], StringComparison.Ordinal);

            first.Write(_folder);
            watch.Check();
        }

        Assert.Equal(first.Id, _identity!.KeyId);
        Assert.Empty(_former);
    }

    [Fact]
    public void A_certificate_that_expires_is_reported_once()
    {
        var watch = Start(new TestCertificate(validDays: 1));
        watch.Check();
        Assert.Empty(_warnings);
        _clock.Advance(2 * Interval);
        watch.Check();
        Assert.Contains($"the certificate in {CertificatePath} expired on", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_expired_before_the_start_is_reported()
    {
        Start(new TestCertificate(validDays: -1));
        Assert.Contains("expired on", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    // Certbot replaces links, and the files to which they lead may be old.
    [Fact]
    public void A_link_to_other_files_is_noticed()
    {
        if (OperatingSystem.IsWindows())
            return;
        var (first, second) = (new TestCertificate(), new TestCertificate());
        var archive = new[] { first, second }.Select((certificate, index) => Archive(certificate, $"{index}")).ToList();
        Link(archive[0]);
        var watch = Start();
        watch.Check();

        Link(archive[1]);
        watch.Check();
        Assert.Equal(second.Id, _identity!.KeyId);
    }

    private CertificateWatch Start(TestCertificate? first = null)
    {
        var settings = (first?.Write(_folder) ?? TestCertificate.In(_folder)) with { ReloadInterval = Interval };
        _identity = CertificateFile.Load(settings.Certificate!, settings.CertificateKey);
        _watch = new CertificateWatch(settings, _identity, _clock, _former.Add, _warnings.Add);
        return _watch;
    }

    private TlsSettings Archive(TestCertificate certificate, string name)
    {
        var settings = certificate.Write(Directory.CreateDirectory(Path.Combine(_folder, name)).FullName);
        File.SetLastWriteTimeUtc(settings.Certificate!, LongAgo);
        File.SetLastWriteTimeUtc(settings.CertificateKey!, LongAgo);
        return settings;
    }

    private void Link(TlsSettings files)
    {
        File.Delete(CertificatePath);
        File.Delete(KeyPath);
        File.CreateSymbolicLink(CertificatePath, files.Certificate!);
        File.CreateSymbolicLink(KeyPath, files.CertificateKey!);
    }
}
