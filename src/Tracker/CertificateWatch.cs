using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport.Tls;

namespace TspActors.Tracker;

/// <summary>Rereads the tracker's certificate files when they have changed, and puts the new certificate into use.</summary>
/// <remarks>
/// <para>Thread-safe. If the files cannot be used, the previous certificate stays in use, and the files are reread at each check.</para>
/// <para>
/// The program that renews the certificate writes the files one after another, and a check may find only some of them written. The first
/// failure is therefore not reported. Each fault is reported once.
/// </para>
/// </remarks>
internal sealed class CertificateWatch : IDisposable
{
    // Two changes within one tick of the file system's clock leave the same stamp. The coarsest clocks tick every 2 s.
    private static readonly TimeSpan CoarsestTick = TimeSpan.FromSeconds(2);

    private readonly Lock _turn = new();
    private readonly TlsSettings _settings;
    private readonly TlsIdentity _identity;
    private readonly TimeProvider _time;
    private readonly Action<KeyId> _renewed;
    private readonly Action<string> _warn;
    private readonly ITimer _timer;

    // The stamp of the files that were last read; null = the files must be read at the next check.
    private CertificateStamp? _read;
    private bool _hasFailed;
    private string? _reportedFault;
    private DateTimeOffset? _reportedExpiry;

    /// <param name="settings">The TLS settings, which must name a certificate.</param>
    /// <param name="identity">The identity that presents the certificate.</param>
    /// <param name="time">The clock.</param>
    /// <param name="renewed">Called with the id of the previous key after a new certificate has been put into use. The new
    /// certificate may have the same key.</param>
    /// <param name="warn">Receives messages that an operator must see, each only once.</param>
    public CertificateWatch(TlsSettings settings, TlsIdentity identity, TimeProvider time, Action<KeyId> renewed, Action<string> warn)
    {
        (_settings, _identity, _time, _renewed, _warn) = (settings, identity, time, renewed, warn);
        WarnIfExpired();
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Sleep();
    }

    /// <summary>Watches the certificate until the actor system has terminated, and logs each renewal.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="settings">The TLS settings, which must name a certificate.</param>
    /// <param name="identity">The identity that presents the certificate.</param>
    /// <param name="keyChanged">Called after a new key has been put into use.</param>
    public static CertificateWatch Start(ActorSystem system, TlsSettings settings, TlsIdentity identity, Action keyChanged)
    {
        var log = system.Log;
        var watch = new CertificateWatch(
            settings, identity, TimeProvider.System, OnRenewed, warning => log.Warning("{0}", warning));
        system.RegisterOnTermination(watch.Dispose);
        return watch;

        void OnRenewed(KeyId former)
        {
            log.Info("{0}", $"the certificate in {settings.Certificate} has been renewed; it is valid until {identity.Expires:yyyy-MM-dd}");
            if (identity.KeyId == former)
                return;
            log.Warning(
                "{0}",
                $"the tracker's key has changed from {former} to {identity.KeyId}. Peers that remember or pin the old one will refuse "
                + "this tracker until they know the new one. Certificates can be renewed with the same key (certbot: --reuse-key)");
            keyChanged();
        }
    }

    /// <summary>Reads the files now if they have changed, or if they could not be used last time.</summary>
    public void Check()
    {
        lock (_turn)
        {
            var stamp = CertificateStamp.Read(_settings);
            if (stamp != _read)
                Read(stamp);
            WarnIfExpired();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        Check();
        Sleep();
    }

    private void Sleep() => _timer.Change(_settings.ReloadInterval, Timeout.InfiniteTimeSpan);

    private void Read(CertificateStamp stamp)
    {
        var former = _identity.KeyId;
        bool isAnother;
        try
        {
            isAnother = _identity.Renew(_settings.LoadIdentity());
        }
        catch (CertificateFileException error)
        {
            _read = null;
            WarnOfFault(error.Message);
            return;
        }

        _read = stamp.IsOlderThan(DateTime.UtcNow - CoarsestTick) ? stamp : null;
        (_hasFailed, _reportedFault) = (false, null);
        if (isAnother)
            _renewed(former);
    }

    private void WarnOfFault(string fault)
    {
        if (_hasFailed && fault != _reportedFault)
        {
            _reportedFault = fault;
            _warn($"the previous certificate, which is valid until {_identity.Expires:yyyy-MM-dd}, stays in use: {fault}");
        }

        _hasFailed = true;
    }

    private void WarnIfExpired()
    {
        var expires = _identity.Expires;
        if (expires >= _time.GetUtcNow() || expires == _reportedExpiry)
            return;
        _reportedExpiry = expires;
        _warn(
            $"the certificate in {_settings.Certificate} expired on {expires:yyyy-MM-dd}, so peers that rely on its authority will refuse "
            + "this tracker. Renew it; the tracker will notice");
    }
}
