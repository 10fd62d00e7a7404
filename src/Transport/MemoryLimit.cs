namespace TspActors.Transport;

/// <summary>The memory that this process may use, and how much of it is available for connections and streams.</summary>
/// <remarks>
/// The default settings suit large machines. In a container or under a heap limit, they could add up to more memory than is available.
/// </remarks>
public static class MemoryLimit
{
    /// <summary>
    /// The memory used by a connection and its session, including the garbage that they leave; measured with 6,000 open connections.
    /// </summary>
    private const int OfConnection = 32 * 1024;

    /// <summary>The additional memory used by a connection with TLS, most of it in OpenSSL; measured with 2,000 open connections.</summary>
    private const int OfTls = 48 * 1024;

    private const int Share = 4;

    /// <summary>How many connections a server may have: as many as fit into a quarter of the memory, but at least 16.</summary>
    /// <param name="tls">True if the server accepts TLS, in which case all connections may use it.</param>
    public static int Connections(bool tls) => ConnectionsWithin(Available, tls);

    /// <summary>How many bytes all streams of a host may have in flight: a quarter of the memory.</summary>
    public static long StreamBytes => Available / Share;

    // The runtime reports 0 if it cannot determine the available memory.
    private static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var bytes ? bytes : long.MaxValue;

    internal static int ConnectionsWithin(long bytes, bool tls) =>
        (int)Math.Clamp(bytes / Share / (OfConnection + (tls ? OfTls : 0)), 16, int.MaxValue);
}
