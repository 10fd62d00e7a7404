using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Transport.Tests;

/// <summary>A raw socket at the other end of a connection, as well-behaved or hostile as a test needs it.</summary>
public sealed class RemoteEnd(Socket socket) : IDisposable
{
    // Only a broken build waits this long; the timeout turns a hang into a failure.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FrameDecoder _decoder = new();

    public Socket Socket { get; } = socket;

    public static async Task<RemoteEnd> Connect(IPEndPoint address, IPAddress? from = null)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(address);
        return new RemoteEnd(socket);
    }

    public static Socket Listen(IPAddress? address = null)
    {
        var socket = new Socket((address ?? IPAddress.Loopback).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    public async Task Send(params byte[][] pieces)
    {
        foreach (var piece in pieces)
            await Socket.SendAsync(piece);
    }

    /// <summary>Closes only the sending side.</summary>
    public void FinishSending() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the connection with an RST.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    /// <summary>Receives the next bytes; empty at the end of the stream.</summary>
    public async Task<byte[]> Receive(int atMost = 64 * 1024)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[atMost];
        var count = await Socket.ReceiveAsync(buffer, patience.Token);
        return buffer[..count];
    }

    /// <summary>Receives all bytes up to the end of the stream.</summary>
    public async Task<byte[]> ReceiveAll()
    {
        using var all = new MemoryStream();
        while (await Receive() is { Length: > 0 } piece)
            all.Write(piece);
        return all.ToArray();
    }

    /// <summary>Receives the next frame, or null at the end of the stream.</summary>
    public async Task<Frame?> ReceiveFrame()
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
                    var piece = await Receive();
                    if (piece.Length == 0)
                        return null;
                    _decoder.Feed(piece);
                    break;
            }
        }
    }

    /// <summary>Receives the next frame, which must be an ERROR.</summary>
    public async Task<Error> ReceiveError()
    {
        var frame = await ReceiveFrame() ?? throw new EndOfStreamException("The connection ended without an ERROR.");
        Assert.Equal(Operation.Error, frame.Operation);
        return Error.Parser.ParseFrom(frame.Body.Span);
    }

    /// <summary>Waits for the end of the stream, before which no byte may come.</summary>
    public async Task ExpectEnd() => Assert.Empty(await ReceiveAll());

    public void Dispose() => Socket.Dispose();
}

internal static class Sockets
{
    public static IPEndPoint Address(this Socket socket) => (IPEndPoint)socket.LocalEndPoint!;
}
