using TspActors.Configuration;
using TspActors.Transport.Tls;

namespace TspActors.Tracker;

/// <summary>Reads <see cref="TlsSettings"/> from the tsp.tracker.tls section.</summary>
internal static class TlsSettingsReader
{
    public static TlsSettings Read(SettingsReader section, TrackerEncryption encryption)
    {
        var settings = new TlsSettings
        {
            Certificate = section.Path("certificate") is { Length: > 0 } certificate ? certificate : null,
            CertificateKey = section.Path("certificate-key") is { Length: > 0 } key ? key : null,
            CertificatePassword = section.Secret("certificate-password"),
            ReloadInterval = section.Duration("reload-interval", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
        };
        Check(section, settings, encryption);
        return settings;
    }

    private static void Check(SettingsReader section, TlsSettings settings, TrackerEncryption encryption)
    {
        if (settings.Certificate is null)
        {
            if (settings.CertificateKey is not null)
                section.Reject(
                    "certificate-key", "there is no certificate for this key", "set tsp.tracker.tls.certificate too, or leave the key out");
            return;
        }

        if (encryption == TrackerEncryption.Off)
            section.Reject(
                "certificate", "the tracker does not accept TLS, so nobody would see this certificate",
                "set tsp.tracker.encryption to accept or require, or leave the certificate out");
        else if (Fault(settings) is { } fault)
            section.Reject(
                "certificate", fault,
                "specify a PKCS#12 file and set certificate-password, or specify a PEM file with the certificate and its chain, and set "
                + "certificate-key if the key is in another file");
    }

    private static string? Fault(TlsSettings settings)
    {
        try
        {
            settings.LoadIdentity().Dispose();
            return null;
        }
        catch (CertificateFileException error)
        {
            return error.Message;
        }
    }
}
