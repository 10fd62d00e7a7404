using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;
using Xunit.Abstractions;

namespace TspActors.EndToEnd.Tests;

/// <summary>
/// Checks that a song with three hosts is saved correctly and played to its end when the hosts that send it are killed, stopped or cut
/// off, or send corrupt bytes.
/// </summary>
/// <remarks>TSP_FAILOVER_RUNS=20 selects the full test, in which an audible stall also counts as a failure.</remarks>
public sealed class HostFaultSpecs(ITestOutputHelper output)
{
    private static readonly string[] Names = ["alice", "bob", "carol"];

    private enum Fault
    {
        Killed,
        Stopped,
        CutOff,
        Corrupt,
    }

    [NeedsFact("python3", "lame")]
    public async Task A_song_is_played_and_saved_completely_when_up_to_two_of_its_three_hosts_fail()
    {
        var isFull = int.TryParse(Environment.GetEnvironmentVariable("TSP_FAILOVER_RUNS"), out var runs);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        output.WriteLine($"seed {seed}");
        var stalls = 0;
        foreach (var fault in Enumerable.Range(0, isFull ? runs : 4).Select(run => (Fault)(run % 4)))
        {
            var ranDry = isFull
                ? await PlayAsync(fault, TimeSpan.FromSeconds(random.NextDouble() * 12), seconds: 30, burst: "8s")
                : await PlayAsync(fault, TimeSpan.Zero, seconds: 12, burst: "1s");
            stalls += ranDry ? 1 : 0;
        }

        Assert.False(isFull && stalls > 0, $"the audio buffer ran dry in {stalls} of {runs} runs");
    }

    [NeedsFact("lame")]
    public async Task When_every_host_sends_wrong_bytes_the_error_names_them()
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        // In plain, because over TLS a wrong byte ends the connection.
        await using var hosts = await Hosts.StartAsync(stage, tracker, await Songs.ToneAsync(440, 12), "1s", encryption: "off");
        foreach (var name in Names)
            hosts.Paths[name].Corrupt();

        var play = stage.StartGuest(tracker, "play", "1", "--output", stage.Folder.In("saved.mp3"));

        var error = await play.FailsWithAsync(1);
        Assert.All(Names, name => Assert.Contains(name, error, StringComparison.Ordinal));
        Assert.False(File.Exists(stage.Folder.In("saved.mp3")));
    }

    /// <returns>True if the listener's audio buffer ran dry.</returns>
    private async Task<bool> PlayAsync(Fault fault, TimeSpan after, int seconds, string burst)
    {
        await using var stage = new Stage();
        var tracker = await stage.StartTrackerAsync();
        await using var hosts = await Hosts.StartAsync(stage, tracker, await Songs.ToneAsync(440, seconds), burst);
        var saved = stage.Folder.In("saved.mp3");

        var save = stage.StartGuest(tracker, "play", "1", "--output", saved);
        var listener = stage.StartGuest(tracker, "play", "1", "--audio", "null");
        await Catalog.StreamingHostAsync(tracker);
        using (var wait = new PeriodicTimer(after + TimeSpan.FromMilliseconds(1)))
            await wait.WaitForNextTickAsync(CancellationToken.None);
        // Applies the fault to the sending hosts, but to at most two of the three, so that one survives.
        var struck = (await Catalog.HostsAsync(tracker)).Where(host => host.ActiveStreams > 0).Take(2).Select(host => host.Name).ToList();
        foreach (var name in struck)
            hosts.Strike(name, fault);
        await save.ExitsWithAsync(0);
        await listener.ExitsWithAsync(0);

        var ranDry = listener.Errors.Text.Contains("ran dry", StringComparison.Ordinal);
        output.WriteLine(FormattableString.Invariant($"{fault} after {after.TotalSeconds:0.0} s at {string.Join(" and ", struck)}: stalls {(ranDry ? "heard" : "none")}"));
        output.WriteLine(save.Errors.Text + listener.Errors.Text);
        Assert.Equal(await Oracle.CutAsync(Path.Combine(stage.Music(Names[0]), "song.mp3")), await File.ReadAllBytesAsync(saved));
        return ranDry;
    }

    /// <summary>Three hosts of one song, each behind its own network path.</summary>
    private sealed class Hosts : IAsyncDisposable
    {
        private readonly Dictionary<string, PeerProgram> _programs = [];

        public Dictionary<string, FaultyPath> Paths { get; } = [];

        public static async Task<Hosts> StartAsync(Stage stage, TrackerProgram tracker, byte[] song, string burst, string encryption = "prefer")
        {
            var hosts = new Hosts();
            foreach (var name in Names)
            {
                stage.Share(name, "song.mp3", song);
                hosts.Paths.Add(name, FaultyPath.Open());
            }

            var programs = await Task.WhenAll(Names.Select(name => Stage.ReadyAsync(stage.Start(
                "Peer",
                [.. stage.PeerArguments(tracker, name)[..^2], "--port", $"{hosts.Paths[name].Port}", "serve"],
                [
                    $"TSP__PEER__HOST={FaultyPath.HostAddress}", $"TSP__PEER__HOSTING__START_BURST={burst}",
                    // Otherwise, a save would run at full speed and be over before the fault.
                    "TSP__PEER__HOSTING__MAX_UPLOAD_PER_STREAM=256 kbit/s",
                    $"TSP__PEER__ENCRYPTION={encryption}",
                ]))));
            foreach (var (name, program) in Names.Zip(programs))
                hosts._programs.Add(name, program);
            return hosts;
        }

        public void Strike(string name, Fault fault)
        {
            switch (fault)
            {
                case Fault.Killed:
                    _programs[name].Process.Signal("KILL");
                    break;
                case Fault.Stopped:
                    _programs[name].Process.Signal("STOP");
                    break;
                case Fault.CutOff:
                    Paths[name].Drop();
                    break;
                case Fault.Corrupt:
                    Paths[name].Corrupt();
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(fault));
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var path in Paths.Values)
                await path.DisposeAsync();
        }
    }
}
