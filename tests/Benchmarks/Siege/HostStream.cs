using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Media.Hashing;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege;

/// <summary>An honest listener's attempt to fetch a song from one host at full speed.</summary>
internal sealed class HostStream(Host host, Song song, IPAddress from, ByteString requester) : IDisposable
{
    // As in config/peer.conf.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstByteTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(5);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly FrameDecoder _decoder = new();
    private readonly MerkleHasher _hasher = new();
    private long _begun;

    public Host Host => host;

    /// <summary>The time from connecting until the host's first bytes arrived.</summary>
    public TimeSpan FirstBytes { get; private set; }

    /// <summary>How many times the host was busy.</summary>
    public int Refusals { get; private set; }

    private static void Check(bool isRight, string fault)
    {
        if (!isRight)
            throw new InvalidDataException(fault);
    }

    /// <summary>
    /// Connects, requests the song, and waits for its first bytes. While the host is busy, waits as long as the host asks for and requests
    /// the song again.
    /// </summary>
    public async Task OpenAsync(CancellationToken stop)
    {
        _begun = Stopwatch.GetTimestamp();
        _socket.Bind(new IPEndPoint(from, 0));
        using var connecting = Deadline(ConnectTimeout, stop);
        await _socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(host.Address), (int)host.Port), connecting.Token).ConfigureAwait(false);
        await AskAsync(stop).ConfigureAwait(false);
        while (true)
        {
            var frame = await ReadAsync(FirstByteTimeout, stop).ConfigureAwait(false);
            if (frame.Operation == Operation.Error && Error.Parser.ParseFrom(frame.Body.Span) is { Code: ErrorCode.Busy } busy)
            {
                Refusals++;
                await Task.Delay(TimeSpan.FromMilliseconds(busy.RetryAfterMs), stop).ConfigureAwait(false);
                await AskAsync(stop).ConfigureAwait(false);
            }
            else if (frame.Operation != Operation.Play)
            {
                SiegePeer.Expect(frame, Operation.Data);
                FirstBytes = Stopwatch.GetElapsedTime(_begun);
                _hasher.Append(frame.Body.Span);
                return;
            }
        }
    }

    /// <summary>Receives at least this many bytes and stops the stream, or receives the whole song and checks its content hash.</summary>
    /// <returns>The time since <see cref="OpenAsync"/> began to connect.</returns>
    public async Task<TimeSpan> ReceiveAsync(long atLeast, CancellationToken stop)
    {
        while (_hasher.Length < atLeast)
        {
            var frame = await ReadAsync(SilenceTimeout, stop).ConfigureAwait(false);
            SiegePeer.Expect(frame, Operation.Data);
            if (frame.IsEndOfSong)
            {
                Check(new ContentHash(song.ContentHash.Span) == MerkleTree.Root(_hasher.Finish()), "wrong bytes");
                return Stopwatch.GetElapsedTime(_begun);
            }

            _hasher.Append(frame.Body.Span);
        }

        await _socket.SendAsync(FrameEncoder.Encode(Operation.Stop), stop).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(_begun);
    }

    public void Dispose() => _socket.Dispose();

    private static CancellationTokenSource Deadline(TimeSpan after, CancellationToken stop)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(after);
        return deadline;
    }

    private async Task AskAsync(CancellationToken stop) =>
        await _socket.SendAsync(FrameEncoder.Encode(Operation.Play, song.Id, new PlayRequest
        {
            Pace = Pace.Full,
            RequesterId = requester,
            ContentHash = song.ContentHash,
            WantPieceHashes = true,
        }), stop).ConfigureAwait(false);

    private async Task<Frame> ReadAsync(TimeSpan timeout, CancellationToken stop)
    {
        Frame frame;
        while (_decoder.TryRead(out frame) != FrameReadResult.Frame)
        {
            Check(_decoder.Violation is null, "not TSP");
            using var deadline = Deadline(timeout, stop);
            var count = await _socket.ReceiveAsync(_buffer, deadline.Token).ConfigureAwait(false);
            if (count == 0)
                throw new IOException("the host closed the connection");
            _decoder.Feed(_buffer.AsMemory(0, count));
        }

        return frame;
    }
}
