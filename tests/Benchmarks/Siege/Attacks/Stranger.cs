using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>A hostile connection from an address of its choice.</summary>
internal sealed class Stranger : IDisposable
{
    private const int ReadBytes = 64 * 1024;

    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private Stranger(IPAddress from, int? receiveBuffer)
    {
        if (receiveBuffer is { } size)
            _socket.ReceiveBufferSize = size;
        // Closing aborts the connection, so that no port stays in TIME_WAIT.
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Bind(new IPEndPoint(from, 0));
    }

    public static async Task<Stranger> ConnectAsync(IPEndPoint target, IPAddress from, CancellationToken stop, int? receiveBuffer = null)
    {
        var stranger = new Stranger(from, receiveBuffer);
        try
        {
            await stranger._socket.ConnectAsync(target, stop).ConfigureAwait(false);
            stranger._socket.Blocking = false;
            return stranger;
        }
        catch
        {
            stranger.Dispose();
            throw;
        }
    }

    /// <summary>Returns the hello of a peer with a new random id.</summary>
    public static Hello Hello(string name, int port = 9) => new()
    {
        ProtocolVersion = 1,
        PeerId = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(PeerId.Size)),
        Name = name,
        ListenPort = (uint)port,
        Agent = "siege",
    };

    /// <summary>Completes when the operating system has accepted all bytes, which may never happen.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop) =>
        await _socket.SendAsync(bytes, stop).ConfigureAwait(false);

    /// <summary>Reads and drops everything until the other side closes the connection.</summary>
    public async Task DrainAsync(CancellationToken stop)
    {
        while (true)
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, stop).ConfigureAwait(false);
            var count = _socket.Receive(_buffer ??= new byte[ReadBytes], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                continue;
            if (count == 0 || error != SocketError.Success)
                return;
        }
    }

    /// <summary>Reads and drops everything for the given time, or until the other side closes the connection.</summary>
    public async Task DrainAsync(TimeSpan time, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(time);
        try
        {
            await DrainAsync(over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
        }
    }

    public void Dispose() => _socket.Dispose();
}
