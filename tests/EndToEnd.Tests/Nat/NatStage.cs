using System.Diagnostics;
using System.Net;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>The programs of one test, each on a machine of the network. Disposing it ends them.</summary>
public sealed class NatStage : IAsyncDisposable
{
    private readonly Stage _stage = new();
    private readonly List<(string Machine, ProgramProcess Process)> _programs = [];

    /// <summary>The reports of the programs so far, which a failing test prints.</summary>
    public string Reports => string.Join(
        "\n", _programs.Select(program => $"--- on {program.Machine}\n{program.Process.Errors.Text}"));

    /// <summary>Writes a song to the music folder of the peer with this name.</summary>
    public string Share(string peer, byte[] song) => _stage.Share(peer, "song.mp3", song);

    /// <summary>Starts any program on a machine. Each machine has a home folder of its own.</summary>
    public ProgramProcess Start(Machine on, string program, IEnumerable<string> arguments, params IEnumerable<string> environment) =>
        Start(on.Namespace, on.Label, program, arguments, environment);

    /// <summary>Starts a program outside the network.</summary>
    public ProgramProcess StartOutside(string program, params IEnumerable<string> arguments) => _stage.StartNative(program, arguments);

    /// <summary>Starts one of the project's programs on a machine.</summary>
    public ProgramProcess StartOurs(Machine on, string program, IEnumerable<string> arguments, params IEnumerable<string> environment) =>
        Start(on, Stage.Command(program)[0], [.. Stage.Command(program)[1..], .. arguments], environment);

    /// <summary>Starts a tracker on its usual port, and waits until it is ready.</summary>
    public async Task<NatTracker> StartTrackerAsync(Machine on, params IEnumerable<string> environment)
    {
        var process = StartOurs(on, "Tracker", ["--host", "::"], [$"TSP__TRACKER__REACHABILITY__TIMEOUT={MachineSpeed.Seconds(1)}", .. environment]);
        await process.ReportsAsync(@"^tracker ready on ");
        return new NatTracker(process, on);
    }

    /// <summary>Starts a tracker on its usual port, without other settings, and waits until it is announced on its network.</summary>
    public async Task<NatTracker> StartAnnouncedTrackerAsync(Machine on, string name)
    {
        var process = StartOurs(on, "Tracker", ["--announce", "--name", name, "--verbose"]);
        await process.ReportsAsync(@"^tracker ready on ");
        // The tracker first makes sure that its name is not in use.
        await process.ReportsAsync($"announced as {name};");
        return new NatTracker(process, on);
    }

    /// <summary>Starts the console of a peer in a terminal.</summary>
    public ProgramProcess StartConsole(Machine on, params IEnumerable<string> arguments) => Start(
        on, "script",
        ["-qec", $"stty cols 120 rows 40; exec {Stage.ShellCommand("Peer")} {string.Join(' ', arguments)}", "/dev/null"]);

    /// <summary>Returns the path of a file in the data folder that a peer on this machine uses by default.</summary>
    public string DataFile(Machine of, string name) => _stage.Folder.In("home", of.Label, "data", "tsp-peer", name);

    /// <summary>Returns a new folder.</summary>
    public string NewFolder(string name) => _stage.Folder.Folder(name);

    /// <summary>Starts a peer on its usual port that shares its music, and waits until it is ready.</summary>
    public async Task<ProgramProcess> StartPeerAsync(Machine on, string name, string tracker, params IEnumerable<string> environment) =>
        (await Stage.ReadyAsync(StartOurs(
            on, "Peer", ["serve", "--tracker", tracker, "--music", _stage.Music(name), "--data", _stage.Data(name), "--name", name],
            ["TSP__PEER__LINK__PORT_CHECK_INTERVAL=250ms", .. environment]))).Process;

    /// <summary>
    /// Plays a song at full speed on a machine that shares nothing, and returns the result. No byte leaves the program before it has
    /// been checked, so the first byte shows how long the listener waited.
    /// </summary>
    public async Task<Heard> PlayAsync(Machine on, string tracker, int id = 1, params IEnumerable<string> environment)
    {
        var begin = Stopwatch.GetTimestamp();
        var play = StartPlay(on, tracker, id, environment);
        await play.PrintsAsync(@"[\s\S]");
        var wait = Stopwatch.GetElapsedTime(begin);
        await play.ExitsWithAsync(0);
        return new Heard(play.Output.Bytes, wait, play.Errors.Text);
    }

    /// <summary>Starts playing a song at full speed on a machine that shares nothing.</summary>
    public ProgramProcess StartPlay(Machine on, string tracker, int id = 1, params IEnumerable<string> environment) =>
        StartOurs(on, "Peer", ["play", $"{id}", "--output", "-", "--full-speed", "--tracker", tracker], environment);

    /// <summary>Runs the test's small network programs (probe.py) until they end, and returns the line that they print.</summary>
    public async Task<string> ProbeAsync(Machine on, params IEnumerable<string> arguments) =>
        (await StartProbe(on, arguments).ExitsWithAsync(0)).Output.Text.Trim();

    /// <summary>Starts one of the test's small network programs (probe.py).</summary>
    public ProgramProcess StartProbe(Machine on, params IEnumerable<string> arguments) =>
        Start(on, "python3", [Path.Combine(AppContext.BaseDirectory, "Nat", "probe.py"), .. arguments]);

    /// <summary>Starts a server that sends each client the client's address and port, and waits until it listens.</summary>
    public async Task ServeProbesAsync(Machine on, int port) => await StartProbe(on, "serve", $"{port}").PrintsAsync("^listening$");

    public ValueTask DisposeAsync() => _stage.DisposeAsync();

    private ProgramProcess Start(
        NetworkNamespace space, string label, string program, IEnumerable<string> arguments, IEnumerable<string> environment)
    {
        var process = _stage.StartNative("ip", space.Arguments(program, arguments), [
            $"HOME={_stage.Folder.Folder("home", label)}",
            $"XDG_DATA_HOME={_stage.Folder.Folder("home", label, "data")}",
            "TSP__PEER__HOST=::",
            "TSP__TRACKER__REACHABILITY__ENABLED=on",
            .. environment,
        ]);
        _programs.Add((label, process));
        return process;
    }
}

/// <summary>A tracker that is ready.</summary>
public sealed record NatTracker(ProgramProcess Process, Machine On)
{
    /// <summary>Its address over IPv4, for <c>--tracker</c>.</summary>
    public string Address => $"{new IPEndPoint(On.Address, 7070)}";

    /// <summary>Its address over IPv6, for <c>--tracker</c>.</summary>
    public string Address6 => $"{new IPEndPoint(On.Address6!, 7070)}";
}

/// <summary>The result of playing a song.</summary>
/// <param name="Bytes">The payload.</param>
/// <param name="Wait">The time from the command to the first checked byte.</param>
/// <param name="Notes">The messages that the program reported.</param>
public sealed record Heard(byte[] Bytes, TimeSpan Wait, string Notes);
