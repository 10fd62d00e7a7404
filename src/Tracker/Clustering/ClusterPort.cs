using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// Checks the cluster port and the certificate before Akka uses them, because Akka's error messages are hard to understand.
/// </summary>
internal static class ClusterPort
{
    /// <exception cref="ListenException">The port cannot be opened; the message says why and which setting to change.</exception>
    public static void EnsureFree(ClusterSettings settings)
    {
        if (settings.Port is not (> 0 and var port))
            return;
        IPEndPoint? endpoint = null;
        try
        {
            endpoint = new IPEndPoint(Dns.GetHostAddresses(settings.Host)[0], port);
            using var listener = new TcpListener(endpoint);
            listener.Start();
        }
        catch (SocketException error)
        {
            var problem = endpoint is null
                ? $"{settings.Host} cannot be resolved ({error.Message})"
                : BindFailure.Text(endpoint, error);
            throw new ListenException(
                $"cannot open the port for other trackers: {problem}; change tsp.tracker.cluster.host or --cluster-port");
        }
    }

    /// <summary>Returns the problem with the certificate; null if there is none.</summary>
    public static string? CertificateProblem(ClusterSettings settings)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadPkcs12FromFile(settings.Certificate!, settings.CertificatePassword);
            return !certificate.HasPrivateKey ? $"there is no private key in {settings.Certificate}"
                : certificate.NotAfter < DateTime.Now
                    ? $"the certificate in {settings.Certificate} expired on {certificate.NotAfter:yyyy-MM-dd}"
                : null;
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"{settings.Certificate} cannot be read: {error.Message}";
        }
    }
}
