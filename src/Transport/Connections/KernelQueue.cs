using System.Net.Sockets;

namespace TspActors.Transport.Connections;

/// <summary>
/// Watches the bytes that the operating system has accepted from this program but that the remote end has not received yet: a slow listener
/// may take minutes to receive them.
/// </summary>
/// <remarks>
/// Linux counts the bytes that the remote end has acknowledged, macOS those that it has not. Other systems are not queried: Windows
/// buffers little. Not thread-safe.
/// </remarks>
internal sealed class KernelQueue(Socket socket)
{
    // struct tcp_info in Linux 4.6; older kernels return less. The numbers of segments and bytes are in the machine's byte order.
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int UnacknowledgedSegments = 24;
    private const int AcknowledgedBytes = 120;
    private const int UnsentBytes = 144;
    private const int InfoBytes = UnsentBytes + sizeof(uint);

    // SO_NWRITE on macOS.
    private const int SocketLevel = 0xFFFF;
    private const int UnacknowledgedBytes = 0x1024;

    private readonly byte[] _info = new byte[InfoBytes];
    private long _received;

    /// <summary>
    /// Returns true if the remote end has received bytes since the last call and still has to receive more. The first call always
    /// compares with the state at the beginning of the connection.
    /// </summary>
    public bool HasMoved()
    {
        if (Read() is not { } reading)
            return false;
        var hasMoved = reading.Received != _received && reading.IsWaiting;
        _received = reading.Received;
        return hasMoved;
    }

    private (long Received, bool IsWaiting)? Read()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return socket.GetRawSocketOption(TcpLevel, TcpInfo, _info) < InfoBytes
                    ? null
                    : (BitConverter.ToInt64(_info, AcknowledgedBytes),
                        BitConverter.ToUInt32(_info, UnacknowledgedSegments) > 0 || BitConverter.ToUInt32(_info, UnsentBytes) > 0);
            if (!OperatingSystem.IsMacOS())
                return null;
            socket.GetRawSocketOption(SocketLevel, UnacknowledgedBytes, _info.AsSpan(0, sizeof(int)));
            var left = BitConverter.ToInt32(_info);
            return (-left, left > 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The socket is gone, so no more bytes can move.
            return null;
        }
    }
}
