using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Shared;

/// <summary>
/// One end of a TSP connection on a socket, client or server, plain or with TLS. Tests use it for both well-behaved and hostile remote
/// ends.
/// </summary>
public sealed class RawTspClient(Socket socket) : IDisposable
{
    // No working code takes this long; the limit turns a hang into a failure.
    private static TimeSpan Patience => MachineSpeed.Deadline(TimeSpan.FromSeconds(60));

    private readonly FrameDecoder _decoder = new();
    private SslStream? _tls;

    public Socket Socket { get; } = socket;

    /// <summary>The key that the other end has shown in TLS.</summary>
    public KeyId RemoteKey => KeyId.FromPublicKey(((X509Certificate2)_tls!.RemoteCertificate!).PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>The TLS layer; null = plain.</summary>
    public SslStream? Tls => _tls;

    /// <summary>The cipher that TLS uses.</summary>
    public TlsCipherSuite Cipher => _tls!.NegotiatedCipherSuite;

    /// <summary>Connects and sends nothing.</summary>
    /// <param name="address">The other end.</param>
    /// <param name="receiveBuffer">The size of the kernel's receive buffer, in bytes; null = the system's default.</param>
    /// <param name="from">The local address to connect from; null = the system's choice.</param>
    public static async Task<RawTspClient> Connect(IPEndPoint address, int? receiveBuffer = null, IPAddress? from = null)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(address);
        return new RawTspClient(socket);
    }

#pragma warning disable CA5359 // These remote ends accept every key on purpose.
    /// <summary>Starts TLS as the client. Nothing about the server is checked.</summary>
    public Task StartTls(SslStreamCertificateContext? identity = null) => StartTls(identity, "tsp/1");

    /// <summary>Starts TLS as the client, and offers these protocols in ALPN.</summary>
    public async Task StartTls(SslStreamCertificateContext? identity, params string[] protocols)
    {
        using var patience = new CancellationTokenSource(Patience);
        var tls = new SslStream(new NetworkStream(Socket));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "",
                ClientCertificateContext = identity,
                ApplicationProtocols = [.. protocols.Select(protocol => new SslApplicationProtocol(protocol))],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
            patience.Token);
        _tls = tls;
    }

    /// <summary>Starts TLS as the server. Nothing about the client is checked.</summary>
    public async Task AcceptTls(SslStreamCertificateContext identity)
    {
        using var patience = new CancellationTokenSource(Patience);
        var tls = new SslStream(new NetworkStream(Socket));
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = identity,
                ClientCertificateRequired = true,
                ApplicationProtocols = [new SslApplicationProtocol("tsp/1")],
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
            patience.Token);
        _tls = tls;
    }
#pragma warning restore CA5359

    /// <summary>Connects to a port of 127.0.0.1 and sends nothing.</summary>
    public static Task<RawTspClient> Connect(int port) => Connect(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>Opens a server socket on a free port.</summary>
    public static Socket Listen(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();
        return socket;
    }

    /// <summary>Accepts the next connection of a server socket.</summary>
    public static async Task<RawTspClient> Accept(Socket server)
    {
        using var patience = new CancellationTokenSource(Patience);
        return new RawTspClient(await server.AcceptAsync(patience.Token));
    }

    /// <summary>Sends the byte arrays one by one, each in a separate write.</summary>
    public async Task Send(params byte[][] pieces)
    {
        using var patience = new CancellationTokenSource(Patience);
        foreach (var piece in pieces)
        {
            if (_tls is not null)
                await _tls.WriteAsync(piece, patience.Token);
            for (var rest = piece.AsMemory(); !rest.IsEmpty && _tls is null;)
                rest = rest[await Socket.SendAsync(rest, patience.Token)..];
        }
    }

    public Task Send(Operation operation, int id = 0) => Send(FrameEncoder.Encode(operation, id));

    public Task Send(Operation operation, int id, IMessage body) => Send(FrameEncoder.Encode(operation, id, body));

    /// <summary>Closes the sending side only.</summary>
    public void FinishSending()
    {
        _tls?.ShutdownAsync().Wait(Patience);
        Socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Cuts the connection with an RST.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    /// <summary>Returns the next bytes; an empty array at the end of the input. Throws a SocketException after a reset.</summary>
    public async Task<byte[]> ReceiveBytes(int atMost = 64 * 1024)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[atMost];
        try
        {
            var count = _tls is null ? await Socket.ReceiveAsync(buffer, patience.Token) : await _tls.ReadAsync(buffer, patience.Token);
            return buffer[..count];
        }
        catch (IOException failed) when (failed.InnerException is SocketException cut)
        {
            throw cut;
        }
    }

    /// <summary>Returns all bytes up to the end of the input.</summary>
    public async Task<byte[]> ReceiveAllBytes()
    {
        using var all = new MemoryStream();
        while (await ReceiveBytes() is { Length: > 0 } piece)
            all.Write(piece);
        return all.ToArray();
    }

    /// <summary>Returns the next frame or slice of DATA; null at the end of the input or after a reset.</summary>
    public async Task<Frame?> Receive()
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
                    var piece = await ReceiveUntilReset();
                    if (piece.Length == 0)
                        return null;
                    _decoder.Feed(piece);
                    break;
            }
        }
    }

    /// <summary>Returns all frames up to the end of the input or a reset.</summary>
    public async Task<List<Frame>> ReceiveToEnd()
    {
        var frames = new List<Frame>();
        while (await Receive() is { } frame)
            frames.Add(frame);
        return frames;
    }

    /// <summary>Returns the next frame, which must have this operation.</summary>
    public async Task<Frame> Expect(Operation operation)
    {
        var frame = await Receive() ?? throw new EndOfStreamException($"The connection ended, but {operation} was expected.");
        if (frame.Operation != operation)
            Assert.Fail($"{operation} was expected, not {Describe(frame)}.");
        return frame;
    }

    /// <summary>Returns the body of the next frame, which must have this operation.</summary>
    public async Task<T> Expect<T>(Operation operation)
        where T : class, IMessage<T>, new() => Parse<T>(await Expect(operation));

    /// <summary>Returns the body of the next frame, which must be an ERROR with this code and this id, if they are given.</summary>
    public async Task<Error> ExpectError(ErrorCode? code = null, int? id = null)
    {
        var frame = await Expect(Operation.Error);
        var error = Parse<Error>(frame);
        if (code is { } expectedCode)
            Assert.Equal(expectedCode, error.Code);
        Assert.NotEmpty(error.Message);
        if (id is { } expectedId)
            Assert.Equal(expectedId, frame.SongId);
        return error;
    }

    /// <summary>Waits for the end of the input or a reset; fails if another frame arrives first.</summary>
    public async Task ExpectEnd()
    {
        if (await Receive() is { } frame)
            Assert.Fail($"The end of the connection was expected, not {Describe(frame)}.");
    }

    /// <summary>Skips to the next frame with this operation and returns it; fails on an ERROR and at the end of the input.</summary>
    public async Task<Frame> SkipTo(Operation operation)
    {
        while (await Receive() is { } frame)
        {
            if (frame.Operation == operation)
                return frame;
            if (frame.Operation == Operation.Error)
                Assert.Fail($"{operation} was expected, not {Describe(frame)}.");
        }

        throw new EndOfStreamException($"The connection ended, but {operation} was expected.");
    }

    /// <summary>Skips to the next frame with this operation and returns its body; fails on an ERROR and at the end of the input.</summary>
    public async Task<T> SkipTo<T>(Operation operation)
        where T : class, IMessage<T>, new() => Parse<T>(await SkipTo(operation));

    /// <summary>Answers every PING, and returns the first frame that is not a PING.</summary>
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

    /// <summary>Returns the bytes of a song, up to the empty DATA frame that ends the song.</summary>
    public async Task<byte[]> ReceiveSong()
    {
        var bytes = new MemoryStream();
        while (await Expect(Operation.Data) is { IsEndOfSong: false } frame)
            bytes.Write(frame.Body.Span);
        return bytes.ToArray();
    }

    /// <summary>Returns the body of a frame; fails if it violates the protocol.</summary>
    public static T Parse<T>(Frame frame)
        where T : class, IMessage<T>, new()
    {
        Assert.True(Bodies.TryParse<T>(frame, out var body, out var violation), violation?.Message);
        return body;
    }

    public void Dispose()
    {
        Socket.Dispose();
        _tls?.Dispose();
    }

    private async Task<byte[]> ReceiveUntilReset()
    {
        try
        {
            return await ReceiveBytes();
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return [];
        }
    }

    private static string Describe(Frame frame) => frame.Operation == Operation.Error
        ? $"ERROR {Error.Parser.ParseFrom(frame.Body.Span)}"
        : $"{frame.Operation} with {frame.Body.Length} bytes";
}

public static class Sockets
{
    /// <summary>Returns the address that this socket is bound to.</summary>
    public static IPEndPoint Address(this Socket socket) => (IPEndPoint)socket.LocalEndPoint!;
}
