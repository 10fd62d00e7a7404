using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>A TSP client on a plain socket that works frame by frame, as another implementation would.</summary>
public sealed class RawClient : IDisposable
{
    private readonly TcpClient _socket = new();
    private readonly FrameDecoder _decoder = new();

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync("127.0.0.1", port);
        return client;
    }

    public Task SendAsync(Operation operation, int id = 0, IMessage? body = null) =>
        SendAsync(body is null ? FrameEncoder.Encode(operation, id) : FrameEncoder.Encode(operation, id, body));

    public async Task SendAsync(byte[] bytes) => await _socket.GetStream().WriteAsync(bytes);

    /// <summary>Reads the next frame, or slice of a DATA frame; null when the other end has closed.</summary>
    public async Task<Frame?> ReadAsync()
    {
        using var deadline = new CancellationTokenSource(ProgramProcess.Deadline);
        while (true)
        {
            switch (_decoder.TryRead(out var frame))
            {
                case FrameReadResult.Frame:
                    return frame;
                case FrameReadResult.Violation:
                    throw new InvalidDataException(_decoder.Violation!.Message);
            }

            var buffer = new byte[64 * 1024];
            var length = await _socket.GetStream().ReadAsync(buffer, deadline.Token);
            if (length == 0)
                return null;
            _decoder.Feed(buffer.AsMemory(0, length));
        }
    }

    /// <summary>Reads up to the next frame of that operation and skips all others but an ERROR, which fails the test.</summary>
    public async Task<Frame> ReadAsync(Operation operation)
    {
        while (await ReadAsync() is { } frame)
        {
            if (frame.Operation == operation)
                return frame;
            if (frame.Operation == Operation.Error)
                Assert.Fail($"Expected {operation} but received {Error.Parser.ParseFrom(frame.Body.Span)}");
        }

        throw new EndOfStreamException($"The connection was closed before {operation} arrived.");
    }

    /// <summary>Reads up to the next frame of that operation and returns its body.</summary>
    public async Task<T> ReadAsync<T>(Operation operation)
        where T : class, IMessage<T>, new()
    {
        var frame = await ReadAsync(operation);
        Assert.True(Bodies.TryParse<T>(frame, out var body, out var violation), violation?.Message);
        return body;
    }

    /// <summary>Reads until the other end closes.</summary>
    public async Task<IReadOnlyList<Frame>> ReadToEndAsync()
    {
        var frames = new List<Frame>();
        while (await ReadAsync() is { } frame)
            frames.Add(frame);
        return frames;
    }

    public void Dispose() => _socket.Dispose();
}
