using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Load;

/// <summary>
/// A listener that requests the song, measures when its bytes arrive, and compares them with the expected song, unless the source is live
/// or the options say to discard the bytes. It keeps none of them.
/// </summary>
/// <remarks>
/// Its play clock starts with the first byte of sound; byte n is due n / rate later. An idle listener needs no buffer: it waits until the
/// socket has bytes, and then reads into the thread's buffer.
/// </remarks>
/// <param name="options">The options of the run.</param>
/// <param name="song">The expected song.</param>
/// <param name="repeats">True to request the song again when it has ended.</param>
internal sealed class LoadListener(LoadOptions options, ExpectedSong song, bool repeats = false)
{
    private const int ReadBytes = 64 * 1024;
    private const int SecureReadBytes = 32 * 1024;
    private const int DiscardBytes = 1024 * 1024;

    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly byte[] _head = new byte[FrameHeader.SizeWithLength];
    private int _headBytes;
    private long _bodyLeft;
    private bool _isSound;
    private bool _isPastHttpHead;
    private int _httpHeadMatched;
    private long _lastRead;
    private long _at;

    /// <summary>The time from the first packet of the connection to the first byte of sound; null if none arrived.</summary>
    public TimeSpan? FirstByte { get; private set; }

    /// <summary>The timestamp at which the first byte of sound arrived.</summary>
    public long FirstByteAt { get; private set; }

    public long Bytes { get; private set; }

    public long LateBytes { get; private set; }

    public long WrongBytes { get; private set; }

    /// <summary>The smallest lead of a byte, other than the first one, over its due time; negative if a byte was late.</summary>
    public TimeSpan Margin { get; private set; } = TimeSpan.MaxValue;

    /// <summary>The longest time during which no byte arrived.</summary>
    public TimeSpan Gap { get; private set; }

    /// <summary>The number of times that the song was received to its end; always 0 over HTTP.</summary>
    public int Rounds { get; private set; }

    /// <summary>True if the song was received to its end and has not been requested again.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The reason why the listener failed; null if it did not fail.</summary>
    public string? Failure { get; private set; }

    /// <summary>True to stop after the first byte.</summary>
    public bool OnlyFirst { get; init; }

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            using var socket = new Socket(options.Host.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var begun = Stopwatch.GetTimestamp();
            await socket.ConnectAsync(options.Host, stop).ConfigureAwait(false);
            if (options.Tls is { } tls)
            {
                await RunSecureAsync(tls, socket, begun, stop).ConfigureAwait(false);
                return;
            }

            await socket.SendAsync(Request(), stop).ConfigureAwait(false);
            socket.Blocking = false;
            while (Failure is null)
            {
                if (IsComplete && !repeats)
                    return;
                if (IsComplete)
                {
                    (IsComplete, _at) = (false, 0);
                    await socket.SendAsync(Request(), stop).ConfigureAwait(false);
                }

                await socket.ReceiveAsync(Memory<byte>.Empty, stop).ConfigureAwait(false);
                if (!Read(socket, begun) || OnlyFirst && FirstByte is not null)
                    return;
            }
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            Failure = error.Message;
        }
        catch (OperationCanceledException)
        {
            // The run has ended. The bytes received so far count.
            return;
        }
    }

    private async Task RunSecureAsync(ClientTls identity, Socket socket, long begun, CancellationToken stop)
    {
        using var tls = await identity.ConnectAsync(socket, options.IsHttp ? "http/1.1" : "tsp/1", stop).ConfigureAwait(false);
        await tls.WriteAsync(Request(), stop).ConfigureAwait(false);
        while (Failure is null)
        {
            if (IsComplete && !repeats)
                return;
            if (IsComplete)
            {
                (IsComplete, _at) = (false, 0);
                await tls.WriteAsync(Request(), stop).ConfigureAwait(false);
            }

            await tls.ReadAsync(Memory<byte>.Empty, stop).ConfigureAwait(false);
            var buffer = ArrayPool<byte>.Shared.Rent(SecureReadBytes);
            try
            {
                var length = await tls.ReadAsync(buffer, stop).ConfigureAwait(false);
                if (length == 0)
                    EndOfStream();
                if (length == 0 || OnlyFirst && FirstByte is not null)
                    return;
                Process(buffer.AsSpan(0, length), begun, Stopwatch.GetTimestamp());
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private byte[] Request() => options.IsHttp
        ? Encoding.ASCII.GetBytes($"GET {options.Path} HTTP/1.0\r\nHost: {options.Host}\r\nUser-Agent: tsp-load\r\n\r\n")
        : FrameEncoder.Encode(Operation.Play, options.Song, new PlayRequest { Pace = options.AtRealTime ? Pace.Realtime : Pace.Full });

    /// <returns>False if the other end has closed the connection.</returns>
    private bool Read(Socket socket, long begun)
    {
        var buffer = _buffer ??= new byte[options.Discards ? DiscardBytes : ReadBytes];
        while (true)
        {
            var piece = NextBuffer(buffer);
            var length = socket.Receive(
                piece, options.Discards && _isSound && _bodyLeft > 0 ? SocketFlags.Truncated : SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return true;
            if (error != SocketError.Success)
                throw new SocketException((int)error);
            if (length == 0)
                return EndOfStream();
            Process(piece[..length], begun, Stopwatch.GetTimestamp());
            if (length < piece.Length || IsComplete)
                return true;
        }
    }

    // A listener that discards bytes must not read past the end of the sound, nor past the end of the header that precedes it.
    private Span<byte> NextBuffer(byte[] buffer) =>
        !options.Discards ? buffer
        : options.IsHttp ? buffer.AsSpan(0, _isPastHttpHead ? buffer.Length : 1)
        : buffer.AsSpan(
            0, (int)Math.Min(buffer.Length, _bodyLeft > 0 ? _bodyLeft : _headBytes == 0 ? 1 : FrameHeader.SizeOf(_head[0]) - _headBytes));

    private bool EndOfStream()
    {
        if (options.IsHttp && !options.IsLive)
            IsComplete = _at == song.Bytes.Length;
        if (!IsComplete)
            Failure ??= "the server closed the connection";
        return false;
    }

    private void Process(ReadOnlySpan<byte> bytes, long begun, long now)
    {
        if (options.IsHttp)
        {
            bytes = SkipHttpHead(bytes);
            if (!bytes.IsEmpty)
                ProcessSound(bytes, begun, now);
            return;
        }

        while (!bytes.IsEmpty && Failure is null)
        {
            if (_bodyLeft > 0)
            {
                var piece = bytes[..(int)Math.Min(bytes.Length, _bodyLeft)];
                if (_isSound)
                    ProcessSound(piece, begun, now);
                _bodyLeft -= piece.Length;
                bytes = bytes[piece.Length..];
                continue;
            }

            _head[_headBytes++] = bytes[0];
            bytes = bytes[1..];
            if (_headBytes < FrameHeader.Size || _headBytes < FrameHeader.SizeOf(_head[0]))
                continue;
            _headBytes = 0;
            Begin(FrameHeader.Read(_head));
        }
    }

    private void Begin(FrameHeader header)
    {
        _bodyLeft = header.BodyLength;
        _isSound = header.Operation == Operation.Data;
        if (header.Operation == Operation.Error)
            Failure = "the host sent an ERROR";
        else if (_isSound && !header.HasBody)
            (IsComplete, Rounds) = (true, Rounds + 1);
    }

    private ReadOnlySpan<byte> SkipHttpHead(ReadOnlySpan<byte> bytes)
    {
        while (!_isPastHttpHead && !bytes.IsEmpty)
        {
            // The HTTP head ends with \r\n\r\n.
            _httpHeadMatched = bytes[0] == (_httpHeadMatched % 2 == 0 ? '\r' : '\n') ? _httpHeadMatched + 1 : bytes[0] == '\r' ? 1 : 0;
            _isPastHttpHead = _isSound = _httpHeadMatched == 4;
            _bodyLeft = _isSound ? long.MaxValue : 0;
            bytes = bytes[1..];
        }

        return bytes;
    }

    private void ProcessSound(ReadOnlySpan<byte> bytes, long begun, long now)
    {
        if (FirstByte is null)
        {
            FirstByte = Stopwatch.GetElapsedTime(begun, now);
            FirstByteAt = now;
        }
        else
        {
            var margin = TimeSpan.FromSeconds(Bytes / song.BytesPerSecond) - Stopwatch.GetElapsedTime(FirstByteAt, now);
            if (margin < Margin)
                Margin = margin;
            if (margin < TimeSpan.Zero)
                LateBytes += bytes.Length;
            var gap = Stopwatch.GetElapsedTime(_lastRead, now);
            if (gap > Gap)
                Gap = gap;
        }

        _lastRead = now;
        if (!options.IsLive && !options.Discards)
            Compare(bytes);
        Bytes += bytes.Length;
        _at += bytes.Length;
    }

    private void Compare(ReadOnlySpan<byte> bytes)
    {
        var expected = _at < song.Bytes.Length ? song.Bytes.AsSpan((int)_at) : [];
        if (expected.Length >= bytes.Length && bytes.SequenceEqual(expected[..bytes.Length]))
            return;
        for (var index = 0; index < bytes.Length; index++)
            WrongBytes += index >= expected.Length || bytes[index] != expected[index] ? 1 : 0;
    }
}
