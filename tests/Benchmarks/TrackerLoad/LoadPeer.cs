using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>A simulated peer that registers, shares, answers PINGs and receives broadcasts. It keeps only the ids of its songs.</summary>
internal sealed class LoadPeer(IPEndPoint tracker, int number, bool wantsBroadcasts, ClientTls? identity = null) : IDisposable
{
    private const int ReadBytes = 64 * 1024;
    private const int SongsPerFrame = 1_000;

    [ThreadStatic]
    private static byte[]? _buffer;

    private readonly Socket _socket = new(tracker.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly FrameDecoder _decoder = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly TaskCompletionSource _welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource<Assign>? _assigned;
    private SslStream? _tls;

    /// <summary>Called with the body of every BROADCAST_LIST. The body is valid only during the call.</summary>
    public Action<ReadOnlyMemory<byte>>? Heard { get; init; }

    /// <summary>The reason why the connection ended; null while it is open.</summary>
    public string? Failure { get; private set; }

    /// <summary>The id of each song, by the song's number.</summary>
    public Dictionary<int, int> Ids { get; } = [];

    /// <summary>The ids that the peer remembers from an earlier tracker and offers to this one.</summary>
    public Dictionary<int, int> Remembered { get; init; } = [];

    public int Refused { get; private set; }

    /// <summary>Connects and sends INIT. Completes when the tracker has requested the list of songs.</summary>
    public async Task RegisterAsync()
    {
        await _socket.ConnectAsync(tracker).ConfigureAwait(false);
        if (identity is not null)
            _tls = await identity.ConnectAsync(_socket, "tsp/1").ConfigureAwait(false);
        _socket.Blocking = false;
        _ = ReadAsync();
        await SendAsync(FrameEncoder.Encode(Operation.Init, 0, new Init
        {
            Hello = new Hello
            {
                ProtocolVersion = 1,
                PeerId = ByteString.CopyFrom(
                    identity?.Key.ToArray() ?? SHA256.HashData(Encoding.UTF8.GetBytes($"load peer {number}"))[..PeerId.Size]),
                Name = $"load peer {number}",
                ListenPort = 7071,
                Agent = "tracker-load",
                WantsBroadcasts = wantsBroadcasts,
            },
        })).ConfigureAwait(false);
        await _welcomed.Task.ConfigureAwait(false);
    }

    /// <summary>Shares all songs and stores their ids.</summary>
    public async Task ShareAllAsync(IReadOnlyList<int> songs)
    {
        for (var from = 0; from == 0 || from < songs.Count; from += SongsPerFrame)
            await ShareAsync(
                [.. songs.Skip(from).Take(SongsPerFrame)], [], complete: true,
                last: from + SongsPerFrame >= songs.Count).ConfigureAwait(false);
    }

    /// <summary>Shares a change, and waits for the ids of added songs.</summary>
    public async Task ShareAsync(int[] added, int[] removed, bool complete = false, bool last = true, string? title = null)
    {
        var share = new Share { Complete = complete, Last = last, Removed = { removed.Select(SongMaker.Hash) } };
        foreach (var song in added)
        {
            var shared = SongMaker.Song(song, title);
            shared.LastId = Ids.GetValueOrDefault(song, Remembered.GetValueOrDefault(song));
            share.Added.Add(shared);
        }

        if (added.Length == 0)
        {
            await SendAsync(FrameEncoder.Encode(Operation.Share, 0, share)).ConfigureAwait(false);
            return;
        }

        var assigned = new TaskCompletionSource<Assign>(TaskCreationOptions.RunContinuationsAsynchronously);
        _assigned = assigned;
        if (Failure is { } reason)
            throw new IOException(reason);
        await SendAsync(FrameEncoder.Encode(Operation.Share, 0, share)).ConfigureAwait(false);
        var ids = (await assigned.Task.ConfigureAwait(false)).Songs.ToDictionary(song => song.ContentHash, song => song.Id);
        foreach (var (song, shared) in added.Zip(share.Added))
        {
            var id = ids[shared.ContentHash];
            if (id == 0)
                Refused++;
            else
                Ids[song] = id;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _tls?.Dispose();
        _sending.Dispose();
    }

    private async Task SendAsync(byte[] bytes)
    {
        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_tls is null)
                await _socket.SendAsync(bytes).ConfigureAwait(false);
            else
                await _tls.WriteAsync(bytes).ConfigureAwait(false);
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
            while (await ReceiveAsync().ConfigureAwait(false) is { Length: > 0 } bytes)
            {
                _decoder.Feed(bytes);
                List<byte[]>? answers = null;
                while (_decoder.TryRead(out var frame) == FrameReadResult.Frame)
                {
                    if (Process(frame) is { } answer)
                        (answers ??= []).Add(answer);
                }

                foreach (var answer in answers ?? [])
                    await SendAsync(answer).ConfigureAwait(false);
            }

            Fail("the tracker closed the connection");
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException)
        {
            Fail(error.Message);
        }
    }

    // An idle peer has no buffer. The bytes are valid until the next await; the decoder keeps its own copy of an incomplete frame.
    private async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync()
    {
        while (true)
        {
            if (_tls is not null)
            {
                await _tls.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
                var piece = new byte[ReadBytes / 4];
                return piece.AsMemory(0, await _tls.ReadAsync(piece).ConfigureAwait(false));
            }

            await _socket.ReceiveAsync(Memory<byte>.Empty).ConfigureAwait(false);
            var buffer = _buffer ??= new byte[ReadBytes];
            var count = _socket.Receive(buffer, SocketFlags.None, out var error);
            if (error == SocketError.Success)
                return buffer.AsMemory(0, count);
            if (error != SocketError.WouldBlock)
                throw new SocketException((int)error);
        }
    }

    private byte[]? Process(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Ping:
                return FrameEncoder.Encode(Operation.Pong, frame.SongId);
            case Operation.List when !frame.HasBody:
                _welcomed.TrySetResult();
                break;
            case Operation.Assign:
                _assigned?.TrySetResult(Assign.Parser.ParseFrom(frame.Body.Span));
                break;
            case Operation.BroadcastList:
                Heard?.Invoke(frame.Body);
                break;
            case Operation.Error:
                Fail(Error.Parser.ParseFrom(frame.Body.Span).Message);
                break;
        }

        return null;
    }

    private void Fail(string reason)
    {
        Failure ??= reason;
        _welcomed.TrySetException(new IOException(reason));
        _assigned?.TrySetException(new IOException(reason));
    }
}
