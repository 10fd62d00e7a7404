using TspActors.Transport.Tls;

namespace TspActors.Tracker;

/// <summary>The authority-issued certificate that the tracker presents in TLS instead of a self-signed one.</summary>
public sealed record TlsSettings
{
    /// <summary>
    /// A PKCS#12 file, or a PEM file with the certificate and its chain; null = the tracker uses its own key (<see cref="KeyFile"/>).
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with the key of <see cref="Certificate"/>; null = that file also contains the key.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>The password of the PKCS#12 file, or of the key; null = none.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>How often the tracker checks whether the files have changed.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Loads the identity from <see cref="Certificate"/>, which must be set.</summary>
    /// <exception cref="CertificateFileException">The files cannot be used; the message says why.</exception>
    internal TlsIdentity LoadIdentity() => CertificateFile.Load(Certificate!, CertificateKey, CertificatePassword);
}
