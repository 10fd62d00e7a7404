using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using TspActors.Benchmarks.TrackerLoad;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege;

/// <summary>
/// A peer that shares songs and receives broadcasts, and several times a second lists, searches, requests or plays songs. It registers
/// again when its connection is lost.
/// </summary>
internal sealed class HonestPeer(SiegeOptions options, int number, IReadOnlyList<Song> playable) : IDisposable
{
    /// <summary>The maximum time that an honest peer waits for anything.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public const int Songs = 100;

    private const int LongestPause = 300;
    private const long EnoughBytes = 128 * 1024;

    private static readonly TimeSpan RejoinPause = TimeSpan.FromSeconds(1);

    private readonly IPAddress _address = new([127, 10, (byte)number, 1]);
    private readonly Random _random = new(number);
    private readonly Dictionary<int, AssignedSong> _assigned = [];
    private HonestListener? _listener;
    private PingResponder? _port;
    private SiegePeer? _connection;
    private ByteString _resume = ByteString.Empty;
    private bool _isLost;

    /// <summary>The phase to which the peer adds its figures; null = they are not counted.</summary>
    public SiegePhase? Phase { get; set; }

    public ByteString Id { get; } =
        ByteString.CopyFrom(SHA256.HashData(Encoding.ASCII.GetBytes($"honest {number}")).AsSpan(0, PeerId.Size));

    /// <summary>The reasons for the losses of its connection, one for each loss.</summary>
    public List<string> Losses { get; } = [];

    /// <summary>The number of songs whose id changed when the peer registered again.</summary>
    public int ChangedIds { get; private set; }

    /// <summary>How many times a busy host asked the peer to wait.</summary>
    public int Refusals { get; private set; }

    /// <summary>The songs as they were first shared: id and content hash.</summary>
    public List<(int Id, ByteString Hash)> Ledger { get; } = [];

    public long BroadcastBytes => _connection?.BroadcastBytes ?? 0;

    public async Task JoinAsync()
    {
        _listener ??= new HonestListener(_address, Id);
        _port ??= new PingResponder(_address);
        var connection = new SiegePeer(options.Tracker, _address, new Hello
        {
            ProtocolVersion = 1,
            PeerId = Id,
            Name = $"honest {number}",
            ListenPort = (uint)_port.Port,
            Agent = "siege",
            WantsBroadcasts = true,
            Resume = _resume,
        });
        _connection?.Dispose();
        _connection = connection;
        await connection.RegisterAsync().ConfigureAwait(false);
        _resume = connection.Resume;
        var share = new Share { Complete = true, Last = true };
        for (var song = 0; song < Songs; song++)
        {
            var shared = SongMaker.Song((number * Songs) + song);
            if (_assigned.TryGetValue(song, out var before))
                (shared.LastId, shared.Receipt) = (before.Id, before.Receipt);
            share.Added.Add(shared);
        }

        var ids = (await connection.ShareAsync(share).ConfigureAwait(false)).ToDictionary(song => song.ContentHash);
        foreach (var (song, shared) in share.Added.Index())
        {
            var assigned = ids[shared.ContentHash];
            if (_assigned.TryAdd(song, assigned))
                Ledger.Add((assigned.Id, shared.ContentHash));
            else if (_assigned[song].Id != assigned.Id)
                ChangedIds++;
        }
    }

    public async Task LiveAsync(CancellationToken stop)
    {
        try
        {
            for (var turn = number; !stop.IsCancellationRequested; turn++)
            {
                await Task.Delay(_random.Next(LongestPause), stop).ConfigureAwait(false);
                if (_connection!.Failure is null || await RejoinAsync(stop).ConfigureAwait(false))
                    await TakeTurnAsync(turn, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
            return;
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _port?.Dispose();
    }

    private async Task<bool> RejoinAsync(CancellationToken stop)
    {
        if (!_isLost)
            Losses.Add(_connection!.Failure!);
        _isLost = true;
        try
        {
            await JoinAsync().WaitAsync(Patience, stop).ConfigureAwait(false);
            _isLost = false;
            return true;
        }
        catch (Exception error) when (IsFailure(error))
        {
            _connection!.Dispose();
            await Task.Delay(RejoinPause, stop).ConfigureAwait(false);
            return false;
        }
    }

    private Task TakeTurnAsync(int turn, CancellationToken stop)
    {
        var own = _random.Next(Songs);
        var (id, song) = (_assigned[own].Id, SongMaker.Song((number * Songs) + own));
        var words = new ListRequest { Query = $"{song.Tags.Title} {song.Tags.Artist}", Limit = 20 };
        return (turn % 8) switch
        {
            0 or 4 => MeasureAsync(HonestAct.List, () => _connection!.AskAsync(
                FrameEncoder.Encode(Operation.List, id), Operation.List, frame => frame.Body.Length), stop),
            1 or 5 => MeasureAsync(HonestAct.Search, () => _connection!.AskAsync(
                FrameEncoder.Encode(Operation.List, 0, words), Operation.List, ReadHits), stop),
            2 => MeasureAsync(HonestAct.Info, () => _connection!.AskAsync(
                FrameEncoder.Encode(Operation.Info, id), Operation.Info, frame => ReadOwn(frame, id)), stop),
            3 => MeasureAsync(HonestAct.Grant, () => _connection!.AskAsync(
                FrameEncoder.Encode(Operation.Play, id), Operation.Play, ReadGrant), stop),
            6 => MeasureAsync(HonestAct.Arrive, ArriveAsync, stop),
            _ => PlayAsync(stop),
        };
    }

    private static int ReadHits(Frame frame)
    {
        var hits = SongPage.Parser.ParseFrom(frame.Body.Span).Songs.Count;
        return hits > 0 ? hits : throw new InvalidDataException("the song was not found");
    }

    // Fails if the song, which this peer shares, does not list the peer among its hosts.
    private Song ReadOwn(Frame frame, int id)
    {
        var song = SongInfoPage.Parser.ParseFrom(frame.Body.Span).Songs[0];
        return song.Id == id && song.Hosts.Any(host => host.PeerId == Id)
            ? song
            : throw new InvalidDataException("this peer is not a host");
    }

    private static PlayGrant ReadGrant(Frame frame) => PlayGrant.Parser.ParseFrom(frame.Body.Span);

    private async Task ArriveAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(_address, 0));
        await socket.ConnectAsync(options.Tracker).ConfigureAwait(false);
        await socket.SendAsync(FrameEncoder.Encode(Operation.List)).ConfigureAwait(false);
        var (buffer, decoder, frame) = (new byte[64 * 1024], new FrameDecoder(), default(Frame));
        while (decoder.TryRead(out frame) != FrameReadResult.Frame)
        {
            if (await socket.ReceiveAsync(buffer).ConfigureAwait(false) is not (> 0 and var count))
                throw new IOException("the tracker closed the connection");
            decoder.Feed(buffer.AsMemory(0, count));
        }

        SiegePeer.Expect(frame, Operation.List);
    }

    private async Task PlayAsync(CancellationToken stop)
    {
        var (phase, grant) = (Phase, default(PlayGrant));
        var song = playable[_random.Next(playable.Count)];
        await MeasureAsync(HonestAct.Grant, async () => grant = await _connection!.AskAsync(
            FrameEncoder.Encode(Operation.Play, song.Id), Operation.Play, ReadGrant).ConfigureAwait(false), stop).ConfigureAwait(false);
        if (grant is null)
            return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        var act = HonestAct.Sound;
        try
        {
            var (stream, sound) = await _listener!.FindAsync(grant, patience.Token).ConfigureAwait(false);
            using (stream)
            {
                phase?.Add(HonestAct.Sound, sound);
                phase?.Add(HonestAct.Play, stream.FirstBytes);
                Refusals += stream.Refusals;
                act = HonestAct.Song;
                var isWhole = _random.Next(2) == 0;
                var took = await stream.ReceiveAsync(isWhole ? long.MaxValue : EnoughBytes, patience.Token).ConfigureAwait(false);
                if (isWhole)
                    phase?.Add(HonestAct.Song, took);
            }
        }
        catch (Exception error) when (IsFailure(error))
        {
            stop.ThrowIfCancellationRequested();
            phase?.Fail(act, error.Message);
            if (act == HonestAct.Sound)
                phase?.Fail(HonestAct.Play, error.Message);
        }
    }

    private async Task MeasureAsync(HonestAct act, Func<Task> run, CancellationToken stop)
    {
        var (phase, begun) = (Phase, Stopwatch.GetTimestamp());
        try
        {
            await run().WaitAsync(Patience, stop).ConfigureAwait(false);
            phase?.Add(act, Stopwatch.GetElapsedTime(begun));
        }
        catch (Exception error) when (IsFailure(error))
        {
            stop.ThrowIfCancellationRequested();
            phase?.Fail(act, error.Message);
        }
    }

    private static bool IsFailure(Exception error) =>
        error is IOException or SocketException or InvalidDataException or TimeoutException or OperationCanceledException;
}
