using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using TspActors.Transport.Tls;

namespace TspActors.Gateway.Security;

/// <summary>The certificate that the gateway presents in HTTPS. Its files are reread at an interval, and on request.</summary>
/// <remarks>
/// <para>
/// Thread-safe. If the files cannot be used, the previous certificate stays in use. A connection keeps the certificate that was in use
/// when it began.
/// </para>
/// <para>
/// The program that renews the certificate writes the files one after another, so a check by the timer may find a new certificate with an
/// old key. The timer therefore reports a fault only if the check before it failed too, and does not repeat a report.
/// </para>
/// </remarks>
internal sealed class ServedCertificate : IDisposable
{
    private readonly Lock _turn = new();
    private readonly GatewaySettings _settings;
    private readonly Action<string> _renewed;
    private readonly Action<string> _warn;
    private readonly ITimer _timer;
    private (X509Certificate2 Own, X509Certificate2Collection Chain) _files;
    private volatile SslStreamCertificateContext _context;
    private bool _hasFailed;
    private string? _reportedFault;

    /// <param name="settings">The gateway's settings, which must name a certificate.</param>
    /// <param name="time">The clock.</param>
    /// <param name="renewed">Receives a message after a new certificate has been put into use.</param>
    /// <param name="warn">Receives a message about each fault.</param>
    /// <exception cref="CertificateFileException">The files cannot be used; the message says why.</exception>
    public ServedCertificate(GatewaySettings settings, TimeProvider time, Action<string> renewed, Action<string> warn)
    {
        (_settings, _renewed, _warn) = (settings, renewed, warn);
        _files = Load();
        _context = ContextOf(_files);
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Sleep();
    }

    /// <summary>The certificate and its chain for the next TLS handshake.</summary>
    public SslStreamCertificateContext Context => _context;

    /// <summary>Rereads the files now, and reports a fault at once.</summary>
    public void Check() => Check(isRequested: true);

    public void Dispose() => _timer.Dispose();

    private static SslStreamCertificateContext ContextOf((X509Certificate2 Own, X509Certificate2Collection Chain) files) =>
        SslStreamCertificateContext.Create(files.Own, files.Chain);

    private static IEnumerable<string> Thumbprints((X509Certificate2 Own, X509Certificate2Collection Chain) files) =>
        files.Chain.Prepend(files.Own).Select(certificate => certificate.Thumbprint);

    private void OnTimer()
    {
        Check(isRequested: false);
        Sleep();
    }

    private void Sleep() => _timer.Change(_settings.CertificateReloadInterval, Timeout.InfiniteTimeSpan);

    private void Check(bool isRequested)
    {
        lock (_turn)
        {
            try
            {
                Use(Load());
                (_hasFailed, _reportedFault) = (false, null);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                if (isRequested || _hasFailed && error.Message != _reportedFault)
                    Report(error.Message);
                _hasFailed = true;
            }
        }
    }

    private void Use((X509Certificate2 Own, X509Certificate2Collection Chain) read)
    {
        if (Thumbprints(read).SequenceEqual(Thumbprints(_files)))
        {
            read.Own.Dispose();
            foreach (var certificate in read.Chain)
                certificate.Dispose();
            return;
        }

        // The previous certificate is left to the garbage collector, because TLS handshakes in progress may still use it.
        _context = ContextOf(read);
        _files = read;
        _renewed(
            $"the gateway's certificate in {_settings.Certificate} has been renewed; it is valid until {read.Own.NotAfter:yyyy-MM-dd}");
    }

    private void Report(string fault)
    {
        _reportedFault = fault;
        _warn($"the gateway's previous certificate, which is valid until {_files.Own.NotAfter:yyyy-MM-dd}, stays in use: {fault}");
    }

    private (X509Certificate2 Own, X509Certificate2Collection Chain) Load() =>
        CertificateFile.LoadChain(_settings.Certificate!, _settings.CertificateKey, _settings.CertificatePassword);
}
