using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>A hostile connection that reads the replies to its requests.</summary>
internal sealed class Asking : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly FrameDecoder _decoder = new();

    public static async Task<Asking> OpenAsync(IPEndPoint target, IPAddress from, CancellationToken stop)
    {
        var asking = new Asking();
        asking._socket.LingerState = new LingerOption(true, 0);
        asking._socket.Bind(new IPEndPoint(from, 0));
        await asking._socket.ConnectAsync(target, stop).ConfigureAwait(false);
        return asking;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop) =>
        await _socket.SendAsync(bytes, stop).ConfigureAwait(false);

    /// <summary>Returns the next frame.</summary>
    /// <exception cref="IOException">The other side has closed the connection.</exception>
    /// <exception cref="SocketException">The connection was lost.</exception>
    public async Task<Frame> ReadAsync(CancellationToken stop)
    {
        Frame frame;
        while (_decoder.TryRead(out frame) != FrameReadResult.Frame)
        {
            if (await _socket.ReceiveAsync(_buffer, stop).ConfigureAwait(false) is not (> 0 and var count))
                throw new IOException("closed");
            _decoder.Feed(_buffer.AsMemory(0, count));
        }

        return frame;
    }

    public void Dispose() => _socket.Dispose();
}
