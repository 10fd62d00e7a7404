using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TspActors.Transport.Tls;

/// <summary>Thrown when a certificate's files cannot be used. The message names the file and says why.</summary>
public sealed class CertificateFileException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>The files of a certificate issued by an authority: PKCS#12, or PEM with the key in the same or a separate file.</summary>
public static class CertificateFile
{
    // A chain of four certificates, together with a key, is about 10 KiB long.
    private const int MaxBytes = 1024 * 1024;

    private static ReadOnlySpan<byte> PemBegin => "-----BEGIN "u8;

    /// <summary>Returns the identity of a certificate, with its chain. An expired certificate is accepted.</summary>
    /// <param name="path">A PKCS#12 file, or a PEM file with the certificate first and then the rest of its chain.</param>
    /// <param name="keyPath">A PEM file with the private key; null = <paramref name="path"/> contains it too.</param>
    /// <param name="password">The password of the PKCS#12 file, or of the key; null = none.</param>
    /// <exception cref="CertificateFileException">A file cannot be read, or the certificate and the key cannot be used.</exception>
    public static TlsIdentity Load(string path, string? keyPath = null, string? password = null)
    {
        var (certificate, chain) = LoadFiles(path, keyPath, password);
        try
        {
            return TlsIdentity.FromCertificate(certificate, chain);
        }
        catch (CryptographicException cause)
        {
            throw new CertificateFileException($"the certificate in {path} cannot be used for TLS: {cause.Message}", cause);
        }
    }

    /// <summary>Returns a certificate with its private key, and the rest of its chain. An expired certificate is accepted.</summary>
    /// <param name="path">A PKCS#12 file, or a PEM file with the certificate first and then the rest of its chain.</param>
    /// <param name="keyPath">A PEM file with the private key; null = <paramref name="path"/> contains it too.</param>
    /// <param name="password">The password of the PKCS#12 file, or of the key; null = none. It is ignored if the key in a PEM file is not
    ///   encrypted.</param>
    /// <exception cref="CertificateFileException">A file cannot be read, or the certificate and the key cannot be used.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadChain(
        string path, string? keyPath = null, string? password = null)
    {
        var (certificate, chain) = LoadFiles(path, keyPath, password);
        return (PresentedCertificate.Reload(certificate), chain);
    }

    /// <summary>Returns true if a file is PEM rather than PKCS#12.</summary>
    /// <exception cref="CertificateFileException">The file cannot be read.</exception>
    public static bool IsPem(string path) => IsPem(Read(path));

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadFiles(
        string path, string? keyPath, string? password)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = Read(path);
        var (certificate, chain) = IsPem(bytes)
            ? LoadPem(path, Encoding.UTF8.GetString(bytes), keyPath, password)
            : LoadPkcs12(path, bytes, keyPath, password);
        if (!CertificateKey.IsAccepted(certificate))
            throw new CertificateFileException(
                $"the key of the certificate in {path} is neither P-256 nor RSA with 2048 to 4096 bits; "
                + "get a certificate with one of those keys");
        return (certificate, chain);
    }

    private static bool IsPem(byte[] bytes) => bytes.AsSpan().IndexOf(PemBegin) >= 0;

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadPem(
        string path, string text, string? keyPath, string? password)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(text);
        }
        catch (CryptographicException cause)
        {
            throw new CertificateFileException($"a certificate in {path} cannot be read: {cause.Message}", cause);
        }

        if (chain.Count == 0)
            throw new CertificateFileException($"there is no certificate in {path}; name the file with the certificate and its chain");
        chain.RemoveAt(0);
        var key = keyPath is null ? text : Encoding.UTF8.GetString(Read(keyPath));
        var isEncrypted = key.Contains("-----BEGIN ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal);
        try
        {
            // Both methods use the first certificate in the file.
            var certificate = isEncrypted
                ? X509Certificate2.CreateFromEncryptedPem(text, key, password ?? "")
                : X509Certificate2.CreateFromPem(text, key);
            return (certificate, chain);
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            throw new CertificateFileException(
                isEncrypted
                    ? $"the password does not decrypt the private key of the certificate in {path}: {keyPath ?? path}"
                    : $"the private key of the certificate in {path} is not in {keyPath ?? path}; name the file that holds it",
                cause);
        }
    }

    private static (X509Certificate2 Certificate, X509Certificate2Collection Chain) LoadPkcs12(
        string path, byte[] bytes, string? keyPath, string? password)
    {
        if (keyPath is not null)
            throw new CertificateFileException(
                $"{path} is not PEM, so its key cannot be in {keyPath}; name a PEM file, or leave out the key if this is a PKCS#12 file");
        try
        {
            // Exportable, because Windows needs the key in a different form (PresentedCertificate.Reload).
            var all = X509CertificateLoader.LoadPkcs12Collection(bytes, password, X509KeyStorageFlags.Exportable);
            var certificate = all.FirstOrDefault(one => one.HasPrivateKey)
                ?? throw new CertificateFileException($"there is no private key in {path}; export the certificate together with its key");
            all.Remove(certificate);
            return (certificate, all);
        }
        catch (Exception cause) when (cause is CryptographicException or ArgumentException)
        {
            throw new CertificateFileException(
                $"{path} is neither PEM nor a PKCS#12 file that the password opens: {cause.Message}", cause);
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= MaxBytes
                ? File.ReadAllBytes(path)
                : throw new CertificateFileException($"{path} is larger than 1 MiB, so it is neither a certificate nor a key");
        }
        catch (Exception cause) when (cause is (IOException and not CertificateFileException) or UnauthorizedAccessException)
        {
            throw new CertificateFileException($"{path} cannot be read: {cause.Message}", cause);
        }
    }
}
