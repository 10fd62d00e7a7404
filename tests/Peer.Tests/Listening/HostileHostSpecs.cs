using System.Security.Cryptography;
using Google.Protobuf;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>
/// Checks fetches from hostile hosts: the received song is always correct, and a host that sent wrong data is never asked again.
/// </summary>
public sealed class HostileHostSpecs(ITestOutputHelper output) : FetchSpec(output)
{
    private static readonly Dictionary<string, Func<ScriptedHost, RawTspClient, TestSong, Task>> Corrupt = new()
    {
        ["wrong root"] = (host, remote, song) =>
            StartAsync(host, remote, song, start => start.PieceHashes = ByteString.CopyFrom(new byte[start.PieceHashes.Length])),
        ["no piece hashes"] = (host, remote, song) => StartAsync(host, remote, song, start => start.PieceHashes = ByteString.Empty),
        ["wrong piece size"] = (host, remote, song) => StartAsync(host, remote, song, start => start.PieceBytes *= 2),
        ["wrong song"] = (host, remote, song) =>
            StartAsync(host, remote, song, start => start.Song = new TestSong(200_000, seed: 9).ToSong(1)),
        ["wrong length"] = (host, remote, song) => StartAsync(host, remote, song, start =>
            start.Song = new Song(start.Song) { Format = new AudioFormat(start.Song.Format) { PayloadBytes = 100 } }),
        ["no format"] = (host, remote, song) =>
            StartAsync(host, remote, song, start => start.Song = new Song(start.Song) { Format = null }),
        ["wrong offset"] = (host, remote, song) => StartAsync(host, remote, song, start => start.Offset++),
        ["huge offset"] = (host, remote, song) => StartAsync(host, remote, song, start => start.Offset = ulong.MaxValue),
        ["hashes of 33 bytes"] = (host, remote, song) =>
            StartAsync(host, remote, song, start => start.PieceHashes = ByteString.CopyFrom(new byte[33])),
        ["an offset past the end"] = (host, remote, song) => StartAsync(host, remote, song, start => start.Offset = (ulong)song.Payload.Length + 1),
        ["an inner node as the song"] = async (host, remote, song) =>
        {
            var node = NodeBelowRoot(song);
            await StartAsync(host, remote, song, start =>
            {
                start.Song = new Song(start.Song) { Format = new AudioFormat(start.Song.Format) { PayloadBytes = (ulong)node.Length } };
                start.PieceBytes = 16 * 1024;
                start.PieceHashes = start.Song.ContentHash;
            });
            await ScriptedHost.SendDataAsync(remote, node);
            await remote.Send(Operation.Data, 1);
        },
        ["wrong first piece"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            await ScriptedHost.SendDataAsync(remote, new byte[song.Payload.Length]);
        },
        ["wrong last piece"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            await ScriptedHost.SendDataAsync(remote, (byte[])[.. song.Payload[..^1], (byte)~song.Payload[^1]]);
            await remote.Send(Operation.Data, 1);
        },
        ["too many bytes"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            await ScriptedHost.SendDataAsync(remote, (byte[])[.. song.Payload[..100_000], .. song.Payload]);
        },
        ["ends too early"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            await ScriptedHost.SendDataAsync(remote, song.Payload.AsMemory(0, 50_000));
            await remote.Send(Operation.Data, 1);
        },
        ["ends the song immediately"] = async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            await remote.Send(Operation.Data, 1);
        },
        ["audio before the start"] = async (host, remote, song) =>
        {
            await host.ReadPlayAsync(remote);
            await ScriptedHost.SendDataAsync(remote, song.Payload);
        },
        ["a second start"] = async (host, remote, song) =>
        {
            var request = await host.StartAsync(remote, song);
            await ScriptedHost.SendDataAsync(remote, song.Payload.AsMemory(0, 50_000));
            await remote.Send(Operation.Play, 1, ScriptedHost.StartOf(song, request));
            await ScriptedHost.SendDataAsync(remote, song.Payload);
            await remote.Send(Operation.Data, 1);
        },
        ["a start that is not protobuf"] = async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            await remote.Send(FrameEncoder.Encode(Operation.Play, 1, [0xff, 0xff, 0xff]));
        },
    };

    private static readonly Dictionary<string, Func<ScriptedHost, RawTspClient, TestSong, Task>> Useless = new()
    {
        ["closes immediately"] = (_, _, _) => Task.CompletedTask,
        ["resets"] = (_, remote, _) =>
        {
            remote.Reset();
            return Task.CompletedTask;
        },
        ["cut inside a piece"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            await ScriptedHost.SendDataAsync(remote, song.Payload.AsMemory(0, 20_001));
            remote.FinishSending();
        },
        ["cut inside a frame"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            await remote.Send(FrameEncoder.Encode(Operation.Data, 1, song.Payload.AsSpan(0, 40_000))[..30_000]);
            remote.FinishSending();
        },
        ["garbage"] = async (_, remote, _) => await remote.Send([.. Enumerable.Repeat((byte)0xEE, 1_000)]),
        ["a web server"] = async (_, remote, _) => await remote.Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()),
        ["an oversized frame"] = async (_, remote, _) => await remote.Send([0x87, 0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff]),
        ["refuses"] = async (host, remote, _) =>
        {
            await host.ReadPlayAsync(remote);
            await remote.Send(Errors.Frame(ErrorCode.SongChanged, "the song has changed", 1));
        },
    };

    private static readonly Dictionary<string, Func<ScriptedHost, RawTspClient, TestSong, Task>> Silent = new()
    {
        ["says nothing"] = (_, _, _) => Task.CompletedTask,
        ["says nothing after the start"] = (host, remote, song) => host.StartAsync(remote, song),
        ["says nothing after some audio"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            await ScriptedHost.SendDataAsync(remote, song.Payload.AsMemory(0, 40_000));
        },
    };

    private static readonly Dictionary<string, Func<ScriptedHost, RawTspClient, TestSong, Task>> Talking = new()
    {
        ["sends PINGs instead of the song"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            for (var i = 1; ; i++)
            {
                await remote.Send(Operation.Ping, i);
                await remote.Expect(Operation.Pong);
            }
        },
        ["sends a byte now and then"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            for (var at = 0; await timer.WaitForNextTickAsync(); at++)
                await ScriptedHost.SendDataAsync(remote, song.Payload.AsMemory(at, 1));
        },
        ["sends empty DATA"] = async (host, remote, song) =>
        {
            await host.StartAsync(remote, song);
            while (true)
            {
                await remote.Send(FrameEncoder.Encode(Operation.Data, 1, []));
                await Task.Yield();
            }
        },
    };

    public static TheoryData<string> CorruptHosts => [.. Corrupt.Keys];

    public static TheoryData<string> UselessHosts => [.. Useless.Keys];

    public static TheoryData<string> SilentHosts => [.. Silent.Keys];

    public static TheoryData<string> TalkingHosts => [.. Talking.Keys];

    [Theory]
    [MemberData(nameof(CorruptHosts))]
    public async Task A_host_that_sends_anything_other_than_the_song_is_never_asked_again(string kind)
    {
        var bad = Host("bad", async (host, remote, _) =>
        {
            await Corrupt[kind](host, remote, Song);
            await remote.ReceiveToEnd();
        });
        // The good host disconnects once, so that there is a second round.
        var good = Host("good", async (host, remote, connection) =>
        {
            var offset = (int)(await host.StartAsync(remote, Song)).Offset;
            await ScriptedHost.SendDataAsync(remote, connection == 1 ? Song.Payload.AsMemory(offset,
                Math.Min(30_000, Song.Payload.Length - offset)) : Song.Payload.AsMemory(offset));
            if (connection == 1)
                remote.FinishSending();
            else
                await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        });
        Grant(bad, good);
        var sink = new MemorySink();

        Fetch(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
        Assert.Equal(1, bad.Connections);
    }

    [Theory]
    [MemberData(nameof(CorruptHosts))]
    public async Task If_all_hosts_send_wrong_bytes_the_reason_says_so(string kind)
    {
        Grant(Host("bad", async (host, remote, _) =>
        {
            await Corrupt[kind](host, remote, Song);
            await remote.ReceiveToEnd();
        }));

        Fetch(new MemorySink());

        Assert.Contains("wrong bytes came from bad", Assert.IsType<FetchFailed>(await OutcomeAsync()).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(UselessHosts))]
    public async Task A_useless_host_is_replaced_by_the_next_one(string kind)
    {
        Grant(
            Host("bad", async (host, remote, _) =>
            {
                await Useless[kind](host, remote, Song);
                remote.FinishSending();
                await remote.ReceiveToEnd();
            }),
            Good("good"));
        var sink = new MemorySink();

        Fetch(sink);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Theory]
    [MemberData(nameof(SilentHosts))]
    public async Task A_silent_host_is_replaced_after_its_deadline(string kind)
    {
        Grant(
            Host("bad", async (host, remote, _) =>
            {
                await Silent[kind](host, remote, Song);
                await remote.ReceiveToEnd();
            }),
            Good("good"));
        var sink = new MemorySink();

        Fetch(sink, settings: Hasty);

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    [Theory]
    [MemberData(nameof(TalkingHosts))]
    public async Task A_host_that_keeps_sending_frames_but_hardly_any_of_the_song_is_replaced(string kind)
    {
        Grant(Host("bad", (host, remote, _) => Talking[kind](host, remote, Song)), Good("good"));
        var sink = new MemorySink();

        Fetch(sink, settings: Hasty with { SlowHostTimeout = TimeSpan.FromSeconds(1) });

        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(Song.Payload, sink.Bytes);
    }

    // Returns the two nodes below the root. Their combined hash is the song's content hash.
    private static byte[] NodeBelowRoot(TestSong song)
    {
        var level = song.Leaves.Chunk(32).ToList();
        while (!System.Numerics.BitOperations.IsPow2(level.Count))
            level.Add(new byte[32]);
        while (level.Count > 2)
            level = [.. level.Chunk(2).Select(pair => SHA256.HashData((byte[])[.. pair[0], .. pair[1]]))];
        return [.. level[0], .. level[1]];
    }

    private static async Task StartAsync(ScriptedHost host, RawTspClient remote, TestSong song, Action<StreamStart> change)
    {
        var start = ScriptedHost.StartOf(song, await host.ReadPlayAsync(remote));
        change(start);
        await remote.Send(Operation.Play, 1, start);
        await ScriptedHost.SendDataAsync(remote, song.Payload);
        await remote.Send(Operation.Data, 1);
    }
}
