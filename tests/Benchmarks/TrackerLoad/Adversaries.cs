using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>A peer that never stops sharing songs, a thousand per frame, as fast as the tracker reads them.</summary>
internal abstract class EndlessSharer : Adversary
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _sent;

    protected EndlessSharer(IPEndPoint tracker, Func<int, SharedSong> song)
        : base(tracker)
    {
        // Only the first frame is encoded. Each further frame is the same buffer with a few bytes replaced, which is cheap.
        var songs = Enumerable.Range(0, Songs).Select(song).ToArray();
        Frame = FrameEncoder.Encode(Operation.Share, 0, new Share { Last = true, Added = { songs } });
        _socket = Connect();
        var id = RandomNumberGenerator.GetBytes(PeerId.Size);
        _socket.Send(FrameEncoder.Encode(Operation.Init, 0, new Init
        {
            Hello = new Hello
            {
                ProtocolVersion = 1,
                PeerId = ByteString.CopyFrom(id),
                Name = "endless",
                ListenPort = 7071,
                Agent = "tracker-load"
            },
        }));
    }

    protected static int Songs => 1_000;

    protected byte[] Frame { get; }

    protected override void Run()
    {
        var taken = TrySend(_socket, Frame.AsSpan(_sent));
        Drain(_socket, _buffer);
        if (taken <= 0)
        {
            Thread.Sleep(1);
            return;
        }

        _sent += taken;
        if (_sent < Frame.Length)
            return;
        _sent = 0;
        Change();
        Count(Songs);
    }

    protected override void End() => _socket.Dispose();

    /// <summary>Changes the bytes of the frame to those of the next frame.</summary>
    protected abstract void Change();
}

/// <summary>A peer that keeps sharing new songs.</summary>
internal sealed class NewSongSharer : EndlessSharer
{
    private readonly int[] _hashes;
    private int _frames;

    public NewSongSharer(IPEndPoint tracker)
        : base(tracker, number => SongMaker.Song(number))
    {
        _hashes = [.. Enumerable.Range(0, Songs).Select(number => Frame.AsSpan().IndexOf(SongMaker.Hash(number).Span))];
        Change();
    }

    protected override void Change()
    {
        _frames++;
        foreach (var at in _hashes)
            BinaryPrimitives.WriteInt64BigEndian(Frame.AsSpan(at), ((long)Environment.TickCount64 << 20) + _frames);
    }
}

/// <summary>A peer that keeps sharing the same songs, each time with new titles.</summary>
internal sealed class Retagger : EndlessSharer
{
    private readonly int[] _titles;
    private int _frames;

    public Retagger(IPEndPoint tracker)
        : base(tracker, number => SongMaker.Song(number, Title(number))) =>
            _titles = [.. Enumerable.Range(0, Songs).Select(number => Frame.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Title(number))))];

    protected override void Change()
    {
        var digits = Encoding.ASCII.GetBytes($"{++_frames:00000000}");
        foreach (var at in _titles)
            digits.CopyTo(Frame.AsSpan(at));
    }

    private static string Title(int number) => $"00000000 of {number:0000}";
}

/// <summary>A client that opens 5,000 connections from one address, and reopens every connection that is refused or closed.</summary>
internal sealed class ConnectionFlood(IPEndPoint tracker) : Adversary(tracker)
{
    private const int Connections = 5_000;

    private static readonly IPAddress From = IPAddress.Parse("127.0.0.9");

    private readonly Socket?[] _sockets = new Socket?[Connections];
    private readonly byte[] _buffer = new byte[1024];
    private int _next;

    protected override void Run()
    {
        // At most about ten thousand connections are opened per second. A higher rate would measure how fast this machine opens sockets.
        for (var count = 0; count < 10; count++)
        {
            ref var socket = ref _sockets[_next++ % Connections];
            if (socket is not null && !IsGone(socket))
                continue;
            socket?.Dispose();
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            socket.Bind(new IPEndPoint(From, 0));
            var connecting = socket;
            try
            {
                connecting.Connect(Tracker);
            }
            catch (SocketException error)
                when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress or SocketError.AddressNotAvailable)
            {
                // The connection attempt is still in progress, or all local ports are in TIME_WAIT.
            }

            Count(1);
        }

        Thread.Sleep(1);
    }

    protected override void End()
    {
        foreach (var socket in _sockets)
            socket?.Dispose();
    }

    private bool IsGone(Socket socket)
    {
        var received = socket.Receive(_buffer, SocketFlags.None, out var error);
        return error is not SocketError.WouldBlock && received == 0;
    }
}

/// <summary>100 connections that request large pages as fast as the tracker reads the requests, but never read the replies.</summary>
internal sealed class NeverReader : Adversary
{
    private const int Connections = 100;

    private static readonly byte[] Requests =
        [.. Enumerable.Range(0, 100).SelectMany(number => FrameEncoder.Encode(Operation.List, number * 100,
            new ListRequest { Limit = 1000 }))];

    private readonly Socket[] _sockets;
    private readonly int[] _sent = new int[Connections];

    public NeverReader(IPEndPoint tracker)
        : base(tracker) => _sockets = [.. Enumerable.Range(0, Connections).Select(_ => Connect(receiveBuffer: 16 * 1024))];

    protected override void Run()
    {
        for (var connection = 0; connection < Connections; connection++)
        {
            _sent[connection] += Math.Max(0, TrySend(_sockets[connection], Requests.AsSpan(_sent[connection])));
            if (_sent[connection] < Requests.Length)
                continue;
            _sent[connection] = 0;
            Count(100);
        }

        Thread.Sleep(1);
    }

    protected override void End()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }
}

/// <summary>
/// 50 connections that each send 20 searches for 16 words, read all the replies, and send the next 20.
/// </summary>
internal sealed class EndlessSearcher : Adversary
{
    private const int Connections = 50;
    private const int AtOnce = 20;

    private static readonly byte[] Requests =
        [.. Enumerable.Repeat(FrameEncoder.Encode(Operation.List, 0, new ListRequest { Query = "a b c d e f g h i j k l m n o p" }),
            AtOnce).SelectMany(request => request)];

    private readonly Socket[] _sockets;
    private readonly int[] _pending = new int[Connections];
    private readonly FrameDecoder[] _decoders = [.. Enumerable.Range(0, Connections).Select(_ => new FrameDecoder())];
    private readonly byte[] _buffer = new byte[64 * 1024];

    public EndlessSearcher(IPEndPoint tracker)
        : base(tracker) => _sockets = [.. Enumerable.Range(0, Connections).Select(_ => Connect())];

    protected override void Run()
    {
        for (var connection = 0; connection < Connections; connection++)
        {
            while (_sockets[connection].Receive(_buffer, SocketFlags.None, out _) is > 0 and var received)
            {
                _decoders[connection].Feed(_buffer.AsMemory(0, received));
                while (_decoders[connection].TryRead(out _) == FrameReadResult.Frame)
                {
                    _pending[connection]--;
                    Count(1);
                }
            }

            if (_pending[connection] == 0 && TrySend(_sockets[connection], Requests) == Requests.Length)
                _pending[connection] = AtOnce;
        }

        Thread.Sleep(1);
    }

    protected override void End()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }
}
