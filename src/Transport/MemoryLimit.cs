namespace TspActors.Transport;

/// <summary>The memory that this process may use, and the parts of it that remote ends can take.</summary>
/// <remarks>In a container or under a heap limit it may be less than what the settings for large machines add up to.</remarks>
public static class MemoryLimit
{
    /// <summary>What a connection with its session takes, with the garbage that it leaves; measured with 6,000 strangers.</summary>
    private const int OfConnection = 32 * 1024;

    private const int Share = 4;

    /// <summary>How many connections a server may have: a quarter of the memory.</summary>
    public static int Connections => ConnectionsWithin(Available);

    /// <summary>The bytes that all streams of a host may have on their way: a quarter of the memory.</summary>
    public static long StreamBytes => Available / Share;

    // 0 where the runtime does not know.
    private static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var bytes ? bytes : long.MaxValue;

    internal static int ConnectionsWithin(long bytes) => (int)Math.Clamp(bytes / Share / OfConnection, 16, int.MaxValue);
}
