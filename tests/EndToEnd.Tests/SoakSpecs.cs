using System.Globalization;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using TspActors.Protocol;

namespace TspActors.EndToEnd.Tests;

/// <summary>Checks that 200 listeners that come and go at random leave no resources in use on their host.</summary>
public sealed class SoakSpecs
{
    private const int Listeners = 200;
    private const int Rounds = 4;

    // The handles and bytes of a .NET program vary by this much from one moment to the next.
    private const int SpareHandles = 20;
    private const long SpareBytes = 100_000_000;

    /// <summary>The approximate number of visits by all listeners. TSP_SOAK_VISITS can raise it, for example for a one-hour test.</summary>
    private static int Visits =>
        int.TryParse(Environment.GetEnvironmentVariable("TSP_SOAK_VISITS"), NumberStyles.None, CultureInfo.InvariantCulture, out var visits)
            ? visits
            : 3_000;

    [NeedsFact("lame")]
    public async Task Memory_and_handles_do_not_grow_while_listeners_come_and_go()
    {
        await using var stage = new Stage();
        var song = await Songs.ToneAsync(440, 60);
        stage.Share("alice", "a.mp3", song);
        var tracker = await stage.StartTrackerAsync();
        // All listeners connect from one address, so the limits per address are off.
        var host = await stage.StartPeerAsync(
            tracker, "alice", "TSP__PEER__HOSTING__MAX_STREAMS=0", "TSP__PEER__HOSTING__MAX_STREAMS_PER_ADDRESS=0",
            "TSP__PEER__HOSTING__MAX_PLAYS_PER_SECOND=0",
            "TSP__PEER__CONNECTIONS__FIRST_FRAME_TIMEOUT=60s");

        var used = new List<(int Handles, long Bytes)>();
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(
                Enumerable.Range(0, Listeners).Select(listener => ListenAsync(host.Port, song.Length, round * Listeners + listener)));
            await Catalog.StreamsAsync(tracker, "alice", 0);
            used.Add((await HandlesAsync(host.Process), MemoryOf(host.Process)));
        }

        // The first round brings the host to its steady state.
        Assert.True(used[^1].Handles <= used[0].Handles + SpareHandles,
            $"handles after each round: {string.Join(", ", used.Select(use => use.Handles))}");
        Assert.True(used[^1].Bytes <= used[0].Bytes + SpareBytes,
            $"bytes after each round: {string.Join(", ", used.Select(use => use.Bytes))}");
    }

    private static async Task ListenAsync(int port, int songBytes, int seed)
    {
        var random = new Random(seed);
        for (var visit = 0; visit < Visits / Rounds / Listeners; visit++)
        {
            using var listener = await RawTspClient.Connect(port);
            for (var seeks = random.Next(3); seeks >= 0; seeks--)
            {
                var request = new PlayRequest
                {
                    Offset = (ulong)random.Next(songBytes / 2),
                    Pace = random.Next(4) == 0 ? Pace.Full : Pace.Realtime,
                    WantPieceHashes = random.Next(2) == 0,
                };
                await listener.Send(Operation.Play, 1, request);
                await listener.SkipTo(Operation.Play);
                for (var frames = random.Next(3); frames > 0; frames--)
                    await listener.SkipTo(Operation.Data);
            }

            // About half of the visits end with STOP, and the others with a disconnect in the middle of the stream.
            if (random.Next(2) == 0)
            {
                await listener.Send(Operation.Stop);
                await listener.ReceiveToEnd();
            }
        }
    }

    // The host closes a socket shortly after its stream has ended, so this waits until almost all sockets are closed.
    private static async Task<int> HandlesAsync(ProgramProcess host)
    {
        var handles = await Catalog.EventuallyAsync(
            () => Task.FromResult(Handles(host)),
            open => open.Count(target => target.StartsWith("socket:", StringComparison.Ordinal)) < SpareHandles
                && !open.Exists(target => target.EndsWith(".mp3", StringComparison.Ordinal)),
            "almost all sockets and the song are closed");
        return handles.Count;
    }

    // Returns the target of each handle. A handle that was closed after it was listed has no target.
    private static List<string> Handles(ProgramProcess host) =>
        [.. Directory.EnumerateFileSystemEntries($"/proc/{host.Id}/fd").Select(handle => new FileInfo(handle).LinkTarget).OfType<string>()];

    private static long MemoryOf(ProgramProcess host)
    {
        using var process = System.Diagnostics.Process.GetProcessById(host.Id);
        return process.WorkingSet64;
    }
}
