using System.Text.RegularExpressions;
using TspActors.EndToEnd.Tests.Music;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>
/// Runs documented commands in a shell, with a home folder and a working folder of their own. It replaces only what differs between
/// machines: addresses, ports, folders, song ids and placeholders.
/// </summary>
internal sealed partial class CommandRun
{
    // More frames than the songs of the community have, so that this peer's song is a different one.
    private const int FramesOfOwnSong = 400;

    private static readonly (string Documented, string Used)[] Places =
    [
        ("/srv/music", "~/Music"), ("/tmp/", "~/"), ("/var/lib/", "~/"), ("/etc/tsp/", "~/"),
        ("src/Peer/Demo/", "\"$REPOSITORY\"/src/Peer/Demo/"), ("HOST[:PORT]", "tracker.test:7070"), ("--http 8080", "--http 0"),
        ("0.0.0.0:7073", "0.0.0.0:0"), ("save 3 5 7", "save 1 2 3"),
    ];

    private readonly Stage _stage;
    private readonly CommandScenario _scenario;
    private readonly List<ProgramProcess> _running = [];

    /// <summary>Creates the folders, with one song in the music folder.</summary>
    public CommandRun(DocumentedCommunity community, CommandScenario scenario)
    {
        (_stage, _scenario, Tracker) = (community.Stage, scenario, community.Tracker);
        Home = _stage.Folder.Folder("runs", $"{Guid.NewGuid():N}");
        Folder = Directory.CreateDirectory(Path.Combine(Home, "work")).FullName;
        ManySongs.Write(Music, 1, FramesOfOwnSong);
    }

    /// <summary>The home folder.</summary>
    public string Home { get; }

    /// <summary>The working folder.</summary>
    public string Folder { get; }

    /// <summary>The music folder, which contains one song.</summary>
    public string Music => Path.Combine(Home, "Music");

    /// <summary>The tracker that the commands use.</summary>
    public TrackerProgram Tracker { get; set; }

    /// <summary>The address of the tracker's HTTP port.</summary>
    public string TrackerHttp { get; set; } = "";

    /// <summary>The values of the placeholders.</summary>
    public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal)
    {
        ["DIR"] = "~/folder",
        ["FILE"] = "file",
        ["ID"] = "1",
        ["NAME"] = "ben",
    };

    /// <summary>Returns the data folder that a program uses if none is given: "tsp-peer" or "tsp-tracker".</summary>
    public string DataFolder(string program) => Path.Combine(Home, "data", program);

    /// <summary>Starts a command.</summary>
    /// <param name="command">The command as documented, possibly with other commands before or after it.</param>
    /// <param name="shell">The shell: bash, zsh or fish; "setsid" = bash without a terminal.</param>
    public ProgramProcess Start(string command, string shell = "bash")
    {
        var functions = shell == "fish"
            ? $"function peer; {Stage.ShellCommand("Peer")} $argv; end; "
            : $"peer() {{ exec {Stage.ShellCommand("Peer")} \"$@\"; }}; tracker() {{ exec {Stage.ShellCommand("Tracker")} \"$@\"; }}; ";
        var text = functions + Local(command);
        string[] words = shell switch
        {
            "fish" => ["fish", "--no-config", "-c", text],
            "zsh" => ["zsh", "-f", "-c", text],
            "setsid" => ["setsid", "--wait", "bash", "--norc", "-c", text],
            _ => ["bash", "--norc", "-c", text],
        };
        return _stage.StartNative(words[0], words[1..], Variables(), folder: Folder);
    }

    /// <summary>Starts a command that runs until a signal, and waits for a line on standard error.</summary>
    public async Task<ProgramProcess> ServeAsync(string command, string report)
    {
        var process = Start(command);
        _running.Add(process);
        await process.ReportsAsync(report);
        return process;
    }

    /// <summary>Stops the commands that are still running. Each must exit with 0.</summary>
    public async Task EndAsync()
    {
        foreach (var process in _running)
            process.Signal("TERM");
        foreach (var process in _running)
            await process.ExitsWithAsync(0);
    }

    private IEnumerable<string> Variables()
    {
        yield return $"HOME={Home}";
        yield return $"XDG_DATA_HOME={Path.Combine(Home, "data")}";
        yield return $"REPOSITORY={DocumentedCommand.Root}";
        yield return "TSP__PEER__PORT=0";
        yield return "TSP__PEER__HTTP__PORT=0";
        yield return "TSP__TRACKER__HOST=127.0.0.1";
        yield return $"TSP__TRACKER__PORT={_scenario.TrackerPort}";
        if (_scenario.NamesTracker)
            yield return $"TSP__PEER__TRACKERS__0={Tracker.Address}";
    }

    private string Local(string command)
    {
        var text = SongId().Replace(Port().Replace(command, "--port 0"), "1");
        foreach (var (documented, used) in Places)
            text = text.Replace(documented, used, StringComparison.Ordinal);
        text = text.Replace("tracker.example:7070", Tracker.Address, StringComparison.Ordinal)
            .Replace("127.0.0.1:7070", Tracker.Address, StringComparison.Ordinal)
            .Replace("127.0.0.1 7070", $"127.0.0.1 {Tracker.Port}", StringComparison.Ordinal)
            .Replace("127.0.0.1:7080", TrackerHttp, StringComparison.Ordinal);
        return Placeholder().Replace(text, match => Values[match.Value]);
    }

    [GeneratedRegex(@"(?<= )--port \d+")]
    private static partial Regex Port();

    [GeneratedRegex("(?<=^peer (?:info|play|save) )12(?= |$)")]
    private static partial Regex SongId();

    [GeneratedRegex("(?<=[ '])(?:DIR|FILE|ID|KEYID|LINE|NAME)(?=[ ']|$)")]
    private static partial Regex Placeholder();
}
