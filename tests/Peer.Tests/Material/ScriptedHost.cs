using System.Collections.Concurrent;
using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Material;

/// <summary>An honest or hostile host that runs a script for each connection.</summary>
internal sealed class ScriptedHost : IAsyncDisposable
{
    private readonly Socket _listener = RawTspClient.Listen();
    private readonly ConcurrentBag<Task> _served = [];
    private readonly ConcurrentBag<RawTspClient> _open = [];
    private readonly Task _accepting;
    private int _connections;

    /// <param name="name">The name that users see.</param>
    /// <param name="script">Serves one connection. Its second argument is the number of the connection, starting at 1.</param>
    public ScriptedHost(string name, Func<RawTspClient, int, Task> script)
    {
        Host = new Host
        {
            Name = name,
            PeerId = ByteString.CopyFrom(PeerId.NewRandom().ToArray()),
            Address = "127.0.0.1",
            Port = (uint)_listener.Address().Port,
        };
        _accepting = AcceptAsync(script);
    }

    public ScriptedHost(string name, Func<RawTspClient, Task> script)
        : this(name, (remote, _) => script(remote))
    {
    }

    public Host Host { get; }

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>The PLAY requests received so far.</summary>
    public ConcurrentQueue<PlayRequest> Requests { get; } = [];

    /// <summary>Creates a host that serves the song according to the protocol.</summary>
    public static ScriptedHost Good(string name, TestSong song)
    {
        ScriptedHost host = null!;
        host = new ScriptedHost(name, async remote =>
        {
            for (var request = await host.StartAsync(remote, song); ;)
            {
                await SendDataAsync(remote, song.Payload.AsMemory((int)request.Offset));
                await remote.Send(Operation.Data, 1);
                // A PLAY restarts the stream; anything else ends it.
                if (await remote.Receive() is not { Operation: Operation.Play } again)
                    break;
                request = RawTspClient.Parse<PlayRequest>(again);
                host.Requests.Enqueue(request);
                await remote.Send(Operation.Play, 1, StartOf(song, request));
            }

            await remote.ReceiveToEnd();
        });
        return host;
    }

    /// <summary>Reads a PLAY request and records it.</summary>
    public async Task<PlayRequest> ReadPlayAsync(RawTspClient remote)
    {
        var request = await remote.Expect<PlayRequest>(Operation.Play);
        Requests.Enqueue(request);
        return request;
    }

    /// <summary>Reads a PLAY request and replies with a correct StreamStart.</summary>
    public async Task<PlayRequest> StartAsync(RawTspClient remote, TestSong song)
    {
        var request = await ReadPlayAsync(remote);
        await remote.Send(Operation.Play, 1, StartOf(song, request));
        return request;
    }

    public static StreamStart StartOf(TestSong song, PlayRequest request) => new()
    {
        Song = song.ToSong(1),
        Offset = request.Offset,
        PieceBytes = (uint)song.PieceBytes,
        PieceHashes = ByteString.CopyFrom(song.PieceHashes),
    };

    public static async Task SendDataAsync(RawTspClient remote, ReadOnlyMemory<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at += 20_000)
            await remote.Send(FrameEncoder.Encode(Operation.Data, 1, bytes.Span[at..Math.Min(bytes.Length, at + 20_000)]));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var remote in _open)
            remote.Dispose();
        await Task.WhenAll(_served);
    }

    private async Task AcceptAsync(Func<RawTspClient, int, Task> script)
    {
        while (true)
        {
            try
            {
                var remote = new RawTspClient(await _listener.AcceptAsync());
                _open.Add(remote);
                _served.Add(ServeAsync(script, remote, Interlocked.Increment(ref _connections)));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    // An early disconnect by the requester is not an error in the script.
    private static async Task ServeAsync(Func<RawTspClient, int, Task> script, RawTspClient remote, int connection)
    {
        using (remote)
        {
            try
            {
                await script(remote, connection);
            }
            catch (Exception error)
                when (error is SocketException or ObjectDisposedException or EndOfStreamException or OperationCanceledException)
            {
            }
        }
    }
}
