using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests;

/// <summary>A client of the tracker on a raw socket, as well-behaved or hostile as a test needs it.</summary>
internal sealed class TspClient : IDisposable
{
    // Only a broken build waits this long; the timeout turns a hang into a failure.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FrameDecoder _decoder = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Socket _socket;

    private TspClient(Socket socket) => _socket = socket;

    /// <summary>Returns a connection that has sent nothing yet.</summary>
    /// <param name="address">The tracker.</param>
    /// <param name="receiveBuffer">Bytes that the kernel buffers while the client does not read; null = the system's default.</param>
    /// <param name="from">The local address to connect from; null = the system's choice.</param>
    public static async Task<TspClient> Connect(IPEndPoint address, int? receiveBuffer = null, IPAddress? from = null)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(address);
        return new TspClient(socket);
    }

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, patience.Token)..];
    }

    public Task Send(Operation operation, int id = 0) => Send(FrameEncoder.Encode(operation, id));

    public Task Send(Operation operation, int id, IMessage body) => Send(FrameEncoder.Encode(operation, id, body));

    /// <summary>Closes only the sending side.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the connection with an RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Receives the next frame, or null at the end of the stream.</summary>
    public async Task<Frame?> Receive()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            switch (_decoder.TryRead(out var frame))
            {
                case FrameReadResult.Frame:
                    return frame;
                case FrameReadResult.Violation:
                    throw new InvalidDataException(_decoder.Violation!.Message);
                default:
                    var count = await _socket.ReceiveAsync(_buffer, patience.Token);
                    if (count == 0)
                        return null;
                    _decoder.Feed(_buffer.AsSpan(0, count).ToArray());
                    break;
            }
        }
    }

    /// <summary>Receives the next frame, which must have that operation.</summary>
    public async Task<Frame> Expect(Operation operation)
    {
        var frame = await Receive() ?? throw new EndOfStreamException($"The connection ended where {operation} was expected.");
        if (frame.Operation != operation && frame.Operation == Operation.Error)
            Assert.Fail($"{operation} was expected, not ERROR: {Error.Parser.ParseFrom(frame.Body.Span)}");
        Assert.Equal(operation, frame.Operation);
        return frame;
    }

    /// <summary>Receives the body of the next frame, which must have that operation.</summary>
    public async Task<T> Expect<T>(Operation operation)
        where T : class, IMessage<T>, new() => Samples.Body<T>(await Expect(operation));

    /// <summary>Receives the next frame, which must be an ERROR with that code.</summary>
    public async Task<Error> ExpectError(ErrorCode code, int? id = null)
    {
        var frame = await Expect(Operation.Error);
        var error = Samples.Body<Error>(frame);
        Assert.Equal(code, error.Code);
        Assert.NotEmpty(error.Message);
        if (id is { } expected)
            Assert.Equal(expected, frame.SongId);
        return error;
    }

    /// <summary>Waits for the end of the stream, before which no frame may come.</summary>
    public async Task ExpectEnd() => Assert.Null(await Receive());

    /// <summary>Answers every PING and returns the next other frame.</summary>
    public async Task<Frame> ReceiveAnsweringPings()
    {
        while (true)
        {
            var frame = await Receive() ?? throw new EndOfStreamException("The connection ended.");
            if (frame.Operation != Operation.Ping)
                return frame;
            await Send(Operation.Pong, frame.SongId);
        }
    }

    public void Dispose() => _socket.Dispose();
}
