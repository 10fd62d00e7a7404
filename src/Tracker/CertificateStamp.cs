using TspActors.Tracker.Members;

namespace TspActors.Tracker;

/// <summary>The stamps of a certificate's files. They change when one of the files is written or replaced.</summary>
/// <param name="Certificate">The stamp of the certificate file.</param>
/// <param name="Key">The stamp of the key file; default = there is no such file.</param>
internal readonly record struct CertificateStamp(CertificateStamp.Linked Certificate, CertificateStamp.Linked Key)
{
    /// <summary>Reads the stamps.</summary>
    public static CertificateStamp Read(TlsSettings settings) => new(
        Linked.Read(settings.Certificate!), settings.CertificateKey is { } key ? Linked.Read(key) : default);

    /// <summary>Returns true if both files were last written before the given time.</summary>
    public bool IsOlderThan(DateTime time) => Certificate.File.Written < time && Key.File.Written < time;

    /// <summary>The stamp of a file to which symbolic links may lead. Programs that renew certificates often change only a link.</summary>
    /// <param name="Target">The path of the file itself.</param>
    /// <param name="File">Its stamp.</param>
    internal readonly record struct Linked(string? Target, FileStamp File)
    {
        public static Linked Read(string path)
        {
            var target = Resolve(path);
            return new Linked(target, FileStamp.Read(target));
        }

        private static string Resolve(string path)
        {
            try
            {
                return System.IO.File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The attempt to read the file will report the reason.
                return path;
            }
        }
    }
}
