using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege;

/// <summary>
/// The connection of an honest or hostile peer to the tracker, from a chosen address. It answers PINGs and drops broadcasts.
/// </summary>
/// <remarks>Only one caller at a time may ask or share.</remarks>
internal sealed class SiegePeer(IPEndPoint tracker, IPAddress from, Hello hello) : IDisposable
{
    private const int ReadBytes = 64 * 1024;

    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly Socket _socket = new(tracker.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly FrameDecoder _decoder = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentQueue<Pending> _pending = new();
    private readonly TaskCompletionSource _welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why the connection ended; null while it is open.</summary>
    public string? Failure { get; private set; }

    /// <summary>The secret in the welcome (Welcome.resume).</summary>
    public ByteString Resume { get; private set; } = ByteString.Empty;

    /// <summary>The bytes of broadcasts that have arrived.</summary>
    public long BroadcastBytes { get; private set; }

    /// <summary>Connects and says hello. Completes when the tracker has requested the songs.</summary>
    /// <exception cref="IOException">The tracker refused the peer, or the connection was lost.</exception>
    /// <exception cref="SocketException">The connection could not be opened, or sending failed.</exception>
    public async Task RegisterAsync()
    {
        // Closing aborts the connection and leaves no port in TIME_WAIT; otherwise attackers would run out of ports.
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Bind(new IPEndPoint(from, 0));
        await _socket.ConnectAsync(tracker).ConfigureAwait(false);
        _socket.Blocking = false;
        _ = ReadAsync();
        await SendAsync(FrameEncoder.Encode(Operation.Init, 0, new Init { Hello = hello })).ConfigureAwait(false);
        await _welcomed.Task.ConfigureAwait(false);
    }

    /// <summary>Shares songs and returns their ids.</summary>
    public async Task<List<AssignedSong>> ShareAsync(Share share)
    {
        var songs = new List<AssignedSong>();
        await AskAsync(FrameEncoder.Encode(Operation.Share, 0, share), frame =>
        {
            Expect(frame, Operation.Assign);
            songs.AddRange(Assign.Parser.ParseFrom(frame.Body.Span).Songs);
            return songs.Count >= share.Added.Count;
        }).ConfigureAwait(false);
        return songs;
    }

    /// <summary>Sends a request and returns its reply.</summary>
    /// <param name="request">The frame to send.</param>
    /// <param name="expected">The operation of the reply.</param>
    /// <param name="read">Reads the reply's body, which is valid only during the call.</param>
    /// <exception cref="InvalidDataException">The reply is an ERROR or has a different operation.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    /// <exception cref="SocketException">Sending failed.</exception>
    public async Task<T> AskAsync<T>(byte[] request, Operation expected, Func<Frame, T> read)
    {
        var reply = default(T);
        await AskAsync(request, frame =>
        {
            Expect(frame, expected);
            reply = read(frame);
            return true;
        }).ConfigureAwait(false);
        return reply!;
    }

    public Task SendQuitAsync() => SendAsync(FrameEncoder.Encode(Operation.Quit));

    public void Dispose()
    {
        _socket.Dispose();
        Fail("closed");
    }

    /// <summary>Throws if a frame is an ERROR or does not have the expected operation.</summary>
    internal static void Expect(in Frame frame, Operation expected)
    {
        if (frame.Operation == Operation.Error)
            throw new InvalidDataException($"ERROR {Error.Parser.ParseFrom(frame.Body.Span).Code}");
        if (frame.Operation != expected)
            throw new InvalidDataException($"{frame.Operation} instead of {expected}");
    }

    private async Task AskAsync(byte[] request, Func<Frame, bool> take)
    {
        var pending = new Pending(take);
        _pending.Enqueue(pending);
        if (Failure is { } failure)
            throw new IOException(failure);
        await SendAsync(request).ConfigureAwait(false);
        await pending.Done.Task.ConfigureAwait(false);
    }

    private async Task SendAsync(byte[] bytes)
    {
        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            await _socket.SendAsync(bytes).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            throw new IOException("closed");
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                await _socket.ReceiveAsync(Memory<byte>.Empty).ConfigureAwait(false);
                var buffer = _buffer ??= new byte[ReadBytes];
                var count = _socket.Receive(buffer, SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock)
                    continue;
                if (error != SocketError.Success)
                    throw new SocketException((int)error);
                if (count == 0)
                {
                    Fail("the tracker closed the connection");
                    return;
                }

                _decoder.Feed(buffer.AsMemory(0, count));
                List<byte[]>? answers = null;
                while (_decoder.TryRead(out var frame) == FrameReadResult.Frame)
                {
                    if (Process(frame) is { } answer)
                        (answers ??= []).Add(answer);
                }

                foreach (var answer in answers ?? [])
                    await SendAsync(answer).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            Fail(error.Message);
        }
    }

    private byte[]? Process(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Ping:
                return FrameEncoder.Encode(Operation.Pong, frame.SongId);
            case Operation.BroadcastList:
                BroadcastBytes += frame.Body.Length;
                break;
            case Operation.Init:
                Resume = Init.Parser.ParseFrom(frame.Body.Span).Welcome?.Resume ?? ByteString.Empty;
                break;
            case Operation.List when !frame.HasBody:
                _welcomed.TrySetResult();
                break;
            default:
                Reply(frame);
                break;
        }

        return null;
    }

    private void Reply(in Frame frame)
    {
        if (!_pending.TryPeek(out var pending))
        {
            if (frame.Operation == Operation.Error)
                Fail($"{Error.Parser.ParseFrom(frame.Body.Span)}");
            return;
        }

        try
        {
            if (!pending.Take(frame))
                return;
            _pending.TryDequeue(out _);
            pending.Done.TrySetResult();
        }
        catch (Exception error) when (error is InvalidDataException or InvalidProtocolBufferException)
        {
            _pending.TryDequeue(out _);
            pending.Done.TrySetException(error);
        }
    }

    private void Fail(string reason)
    {
        Failure ??= reason;
        var lost = new IOException(Failure);
        _welcomed.TrySetException(lost);
        while (_pending.TryDequeue(out var pending))
            pending.Done.TrySetException(lost);
    }

    private sealed record Pending(Func<Frame, bool> Take)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
