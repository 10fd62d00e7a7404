using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Material;

/// <summary>A raw socket at the other end of a connection, as well-behaved or hostile as a test wants it.</summary>
internal sealed class RemoteEnd(Socket socket) : IDisposable
{
    // Only a broken build waits so long; it turns a hang into a failure.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FrameDecoder _decoder = new();

    public Socket Socket { get; } = socket;

    public static async Task<RemoteEnd> ConnectAsync(IPEndPoint address, int receiveBuffer = 0)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        await socket.ConnectAsync(address);
        return new RemoteEnd(socket);
    }

    public static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    public async Task SendAsync(params byte[][] pieces)
    {
        using var patience = new CancellationTokenSource(Patience);
        foreach (var piece in pieces)
        {
            for (var rest = piece.AsMemory(); !rest.IsEmpty;)
                rest = rest[await Socket.SendAsync(rest, patience.Token)..];
        }
    }

    public Task SendAsync(Operation operation, int id = 0) => SendAsync(FrameEncoder.Encode(operation, id));

    public Task SendAsync(Operation operation, int id, IMessage body) => SendAsync(FrameEncoder.Encode(operation, id, body));

    /// <summary>Closes the sending side only.</summary>
    public void FinishSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Cuts the connection with an RST.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    /// <summary>The next frame or slice of DATA; null at the end of the stream, orderly or not.</summary>
    public async Task<Frame?> ReadAsync()
    {
        while (true)
        {
            switch (_decoder.TryRead(out var frame))
            {
                case FrameReadResult.Frame:
                    return frame;
                case FrameReadResult.Violation:
                    throw new InvalidDataException(_decoder.Violation!.Message);
                default:
                    var piece = await ReceiveAsync();
                    if (piece.Length == 0)
                        return null;
                    _decoder.Feed(piece);
                    break;
            }
        }
    }

    /// <summary>The next frame, which must be of this operation.</summary>
    public async Task<Frame> ReadAsync(Operation operation)
    {
        var frame = await ReadAsync() ?? throw new EndOfStreamException($"The connection ended where {operation} was expected.");
        return frame.Operation == operation
            ? frame
            : throw new InvalidDataException($"{Describe(frame)} came where {operation} was expected.");
    }

    /// <summary>The body of the next frame, which must be of this operation.</summary>
    public async Task<T> ReadAsync<T>(Operation operation)
        where T : IMessage<T>, new() => Parse<T>(await ReadAsync(operation));

    public static T Parse<T>(Frame frame)
        where T : IMessage<T>, new() => new MessageParser<T>(() => new T()).ParseFrom(frame.Body.Span);

    public Task<Error> ReadErrorAsync() => ReadAsync<Error>(Operation.Error);

    /// <summary>The bytes of a song up to its bare DATA.</summary>
    public async Task<byte[]> ReadSongAsync()
    {
        var bytes = new MemoryStream();
        while (await ReadAsync(Operation.Data) is { IsEndOfSong: false } frame)
            bytes.Write(frame.Body.Span);
        return bytes.ToArray();
    }

    /// <summary>Reads to the end of the connection and gives what came.</summary>
    public async Task<List<Frame>> ReadToEndAsync()
    {
        var frames = new List<Frame>();
        while (await ReadAsync() is { } frame)
            frames.Add(frame);
        return frames;
    }

    /// <summary>Nothing comes any more, and the connection ends.</summary>
    public async Task ExpectEndAsync() => Assert.Empty(await ReadToEndAsync());

    public void Dispose() => Socket.Dispose();

    private async Task<byte[]> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[64 * 1024];
        try
        {
            var count = await Socket.ReceiveAsync(buffer, patience.Token);
            return buffer[..count];
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return [];
        }
    }

    private static string Describe(Frame frame) =>
        frame.Operation == Operation.Error ? $"ERROR {Parse<Error>(frame)}" : $"{frame.Operation} with {frame.Body.Length} bytes";
}

internal static class Sockets
{
    public static IPEndPoint Address(this Socket socket) => (IPEndPoint)socket.LocalEndPoint!;
}
