using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>
/// Checks that every command line in README.md and docs runs. Only what differs between machines is replaced: addresses, ports, folders and
/// song ids.
/// </summary>
public sealed class DocumentedCommandSpecs : IAsyncLifetime
{
    private readonly Stage _stage = new();
    private TrackerProgram _tracker = null!;

    public static TheoryData<string> Commands => [.. DocumentedCommand.ReadAll().Select(command => command.ToString())];

    public async Task InitializeAsync()
    {
        _tracker = await _stage.StartTrackerAsync();
        foreach (var song in Directory.GetFiles(Path.Combine(DocumentedCommand.Root, "src", "Peer", "Demo", "music"), "*altz*.mp3", SearchOption.AllDirectories))
            File.Copy(song, Path.Combine(_stage.Music("documented"), Path.GetFileName(song)));
        await _stage.StartPeerAsync(_tracker, "documented");
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_documented_command_does_what_its_page_says(string text)
    {
        var command = DocumentedCommand.ReadAll().Single(command => command.ToString() == text);
        var arguments = Replaced(command);
        if (arguments.Contains("--seed-node"))
        {
            // The other trackers do not exist here, so only the settings are checked.
            var printed = await Start(command, [.. arguments, "--print-config"]).ExitsWithAsync(0);
            Assert.Contains("seed-nodes = [\"t1:7072\"", printed.Output.Text, StringComparison.Ordinal);
            return;
        }

        var process = Start(command, arguments);
        if (command.Program == "Tracker")
            await EndsOnSignalAsync(process, "^tracker ready on ");
        else if (arguments.Intersect(["list", "info", "play"]).Any())
            await EndsByItselfAsync(process, arguments);
        else
            await EndsOnSignalAsync(process, arguments.Contains("demo") ? "try: list" : "^peer ready on ");
    }

    [Fact]
    public void The_pages_show_commands_of_both_programs()
    {
        var programs = DocumentedCommand.ReadAll().Select(command => command.Program).ToList();
        Assert.InRange(programs.Count(program => program == "Tracker"), 4, 100);
        Assert.InRange(programs.Count(program => program == "Peer"), 10, 100);
    }

    private ProgramProcess Start(DocumentedCommand command, IEnumerable<string> arguments) => _stage.Start(
        command.Program, arguments,
        [$"TSP__PEER__TRACKERS__0={_tracker.Address}", "TSP__PEER__PORT=0", "TSP__TRACKER__PORT=0", "TSP__TRACKER__HOST=127.0.0.1"]);

    private List<string> Replaced(DocumentedCommand command)
    {
        File.WriteAllText(Path.Combine(_stage.Folder.Folder("work"), "debug.conf"), "akka.log-dead-letters = on\n");
        var arguments = new List<string>();
        foreach (var argument in command.Arguments)
        {
            arguments.Add(arguments.LastOrDefault() switch
            {
                "--tracker" => _tracker.Address,
                "--port" => "0",
                "--music" => _stage.Music("documented"),
                "--data" => _stage.Data($"of {command.Program}"),
                "info" or "play" => "1",
                _ => argument,
            });
        }

        return arguments;
    }

    private static async Task EndsOnSignalAsync(ProgramProcess process, string report)
    {
        await process.ReportsAsync(report);
        process.Signal("TERM");
        await process.ExitsWithAsync(0);
    }

    private async Task EndsByItselfAsync(ProgramProcess process, List<string> arguments)
    {
        await process.ExitsWithAsync(0);
        var saved = arguments.IndexOf("--output") + 1;
        if (saved > 0)
            Assert.True(new FileInfo(Path.Combine(_stage.Folder.Folder("work"), arguments[saved])).Length > 0);
        else if (!arguments.Contains("play"))
            Assert.Contains("waltz", process.Output.Text, StringComparison.OrdinalIgnoreCase);
    }
}
