using System.Diagnostics;
using System.Globalization;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>A test's folder and the programs that run in it. Disposing it ends the programs and deletes the folder.</summary>
public sealed class Stage : IAsyncDisposable
{
    private readonly List<ProgramProcess> _programs = [];

    // On a busy machine, a program may need seconds for what usually takes milliseconds, and a command does not try again. All programs of
    // a test have the same deadlines, because a test may compare their settings.
    private readonly string _patience = MachineSpeed.Setting(MachineSpeed.Deadline(TimeSpan.FromSeconds(20)));

    public TempFolder Folder { get; } = new();

    /// <summary>Returns the music folder of the peer with this name.</summary>
    public string Music(string peer) => Folder.Folder("music", peer);

    /// <summary>Returns the data folder of the peer with this name.</summary>
    public string Data(string peer) => Folder.In("data", peer);

    /// <summary>Writes a song to a peer's music folder.</summary>
    public string Share(string peer, string file, byte[] song)
    {
        var path = Path.Combine(Music(peer), file);
        File.WriteAllBytes(path, song);
        return path;
    }

    /// <summary>Starts one of this project's programs as users do.</summary>
    /// <param name="program">"Tracker" or "Peer".</param>
    /// <param name="arguments">The program's command-line arguments.</param>
    /// <param name="environment">Variables as "NAME=value".</param>
    /// <param name="holdsOutput">True to leave standard output unread until the test reads it.</param>
    public ProgramProcess Start(
        string program, IEnumerable<string> arguments, IEnumerable<string>? environment = null, bool holdsOutput = false) =>
        StartNative(Command(program)[0], [.. Command(program)[1..], .. arguments], environment, holdsOutput);

    /// <summary>Starts any program in the test's folder and environment.</summary>
    public ProgramProcess StartNative(
        string program, IEnumerable<string> arguments, IEnumerable<string>? environment = null, bool holdsOutput = false,
        string? folder = null)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder ?? Folder.Folder("work") };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("TSP__", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var name in new[] { "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "DBUS_SESSION_BUS_ADDRESS" })
            start.Environment.Remove(name);
        start.Environment["HOME"] = Folder.Folder("home");
        start.Environment["XDG_DATA_HOME"] = Folder.Folder("home", "data");
        start.Environment["TMPDIR"] = Folder.Folder("tmp");
        start.Environment["TERM"] = "xterm";
        start.Environment["TSP__PEER__HOST"] = "127.0.0.1";
        // Many trackers run at the same time, and only one of them could have the default port.
        start.Environment["TSP__TRACKER__HTTP__PORT"] = "0";
        // Tests that count a host's connections must not count the tracker's probes.
        start.Environment["TSP__TRACKER__REACHABILITY__ENABLED"] = "off";
        start.Environment["TSP__PEER__LINK__CONNECT_TIMEOUT"] = _patience;
        start.Environment["TSP__PEER__LINK__REQUEST_TIMEOUT"] = _patience;
        start.Environment["TSP__PEER__CONNECTIONS__FIRST_FRAME_TIMEOUT"] = _patience;
        start.Environment["TSP__TRACKER__CONNECTIONS__FIRST_FRAME_TIMEOUT"] = _patience;
        foreach (var setting in environment ?? [])
            start.Environment[setting[..setting.IndexOf('=', StringComparison.Ordinal)]] = setting[(setting.IndexOf('=',
                StringComparison.Ordinal) + 1)..];
        var process = ProgramProcess.Start(start, holdsOutput);
        lock (_programs)
            _programs.Add(process);
        return process;
    }

    /// <summary>
    /// Returns the command that starts a program: <c>dotnet</c> with its DLL, the precompiled one if the build made it. If
    /// TSP_TEST_PROGRAMS names the folder of an unpacked archive, it is the program there.
    /// </summary>
    public static string[] Command(string program) =>
        Environment.GetEnvironmentVariable("TSP_TEST_PROGRAMS") is { Length: > 0 } folder
            ? [Path.Combine(Path.GetFullPath(folder), $"tsp-{program.ToLowerInvariant()}")]
            : ["dotnet", Dll(program)];

    /// <summary>Returns the command as text for a shell. None of the paths contains a quotation mark.</summary>
    public static string ShellCommand(string program) => string.Join(' ', Command(program).Select(word => $"'{word}'"));

    private static string Dll(string program)
    {
        var precompiled = Path.Combine(AppContext.BaseDirectory, "precompiled", $"TspActors.{program}.dll");
        return File.Exists(precompiled) ? precompiled : Path.Combine(AppContext.BaseDirectory, $"TspActors.{program}.dll");
    }

    /// <summary>Starts a tracker and waits until it is ready.</summary>
    public async Task<TrackerProgram> StartTrackerAsync(int port = 0, params string[] environment)
    {
        var process = Start("Tracker", ["--host", "127.0.0.1", "--port", $"{(port == 0 ? FreePorts.Next() : port)}"], environment);
        var ready = await process.ReportsAsync(@"^tracker ready on 127\.0\.0\.1:(\d+)$");
        return new TrackerProgram(process, Number(ready.Groups[1].Value));
    }

    /// <summary>Starts a peer that shares its music folder (<see cref="Music"/>), and waits until the peer is ready.</summary>
    public Task<PeerProgram> StartPeerAsync(TrackerProgram tracker, string name, params string[] environment) =>
        ReadyAsync(Start("Peer", [.. PeerArguments(tracker, name), "serve"], environment));

    /// <summary>Starts a sharing peer whose console reads commands from a pipe.</summary>
    public Task<PeerProgram> StartConsoleAsync(TrackerProgram tracker, string name, params string[] environment) =>
        ReadyAsync(Start("Peer", [.. PeerArguments(tracker, name), "--audio", "null"], environment));

    /// <summary>Starts a peer command that shares nothing: list, info or play.</summary>
    public ProgramProcess StartGuest(TrackerProgram tracker, params string[] arguments) =>
        Start("Peer", [.. arguments, "--tracker", tracker.Address]);

    /// <summary>
    /// Starts <c>play ID --output -</c> at full speed. Nobody reads the command's output, so the command and its host get stuck in the
    /// middle of a large song.
    /// </summary>
    public ProgramProcess StartStuckPlay(TrackerProgram tracker, int id) =>
        Start("Peer", ["play", $"{id}", "--output", "-", "--full-speed", "--tracker", tracker.Address], holdsOutput: true);

    /// <summary>Returns the options of a sharing peer.</summary>
    public string[] PeerArguments(TrackerProgram tracker, string name) =>
        ["--tracker", tracker.Address, "--music", Music(name), "--data", Data(name), "--name", name, "--port", "0"];

    /// <summary>Waits for a peer's ready line.</summary>
    public static async Task<PeerProgram> ReadyAsync(ProgramProcess process)
    {
        var ready = await process.ReportsAsync(@"^peer ready on \S+:(\d+), sharing (\d+) songs?$");
        return new PeerProgram(process, Number(ready.Groups[1].Value), Number(ready.Groups[2].Value));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
            await program.DisposeAsync();
        Folder.Dispose();
    }

    /// <summary>Returns what every program of the test has printed.</summary>
    public override string ToString()
    {
        lock (_programs)
            return string.Join('\n', _programs);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A running tracker that is ready.</summary>
public sealed record TrackerProgram(ProgramProcess Process, int Port)
{
    public string Address => $"127.0.0.1:{Port}";
}

/// <summary>A running peer that shares songs and is ready.</summary>
public sealed record PeerProgram(ProgramProcess Process, int Port, int Songs);
