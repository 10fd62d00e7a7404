using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>
/// Checks that the command lines in README.md, docs/operations.md and docs/debugging.md work. The tests replace only what differs between
/// machines: addresses, ports, folders and song ids.
/// </summary>
public sealed class DocumentedCommandSpecs(DocumentedCommandSpecs.Community community) : IClassFixture<DocumentedCommandSpecs.Community>
{
    public static TheoryData<string> Commands => [.. DocumentedCommand.ReadAll().Select(command => command.ToString())];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_documented_command_works(string text)
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
        if (arguments.Contains("invite"))
            Assert.StartsWith("tsps://", (await process.ExitsWithAsync(0)).Output.Text, StringComparison.Ordinal);
        else if (command.Program == "Tracker")
            await EndsOnSignalAsync(process, "^tracker ready on ");
        else if (arguments.Intersect(["list", "info", "play", "save"]).Any())
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

    private ProgramProcess Start(DocumentedCommand command, IEnumerable<string> arguments) => community.Stage.Start(
        command.Program, arguments,
        [$"TSP__PEER__TRACKERS__0={community.Tracker.Address}", "TSP__PEER__PORT=0", "TSP__TRACKER__PORT=0", "TSP__TRACKER__HOST=127.0.0.1"]);

    private List<string> Replaced(DocumentedCommand command)
    {
        File.WriteAllText(Path.Combine(community.Stage.Folder.Folder("work"), "debug.conf"), "akka.log-dead-letters = on\n");
        var arguments = new List<string>();
        foreach (var argument in command.Arguments)
        {
            arguments.Add(arguments.LastOrDefault() switch
            {
                "--tracker" => community.Tracker.Address,
                "--port" => "0",
                "--music" => community.Stage.Music("documented"),
                "--data" => community.Stage.Data($"{Guid.NewGuid():N}"),
                "info" or "play" or "save" => "1",
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
            Assert.True(new FileInfo(Path.Combine(community.Stage.Folder.Folder("work"), arguments[saved])).Length > 0);
        else if (!arguments.Contains("play"))
            Assert.Contains("waltz", process.Output.Text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A tracker and a peer that shares a waltz. All commands use them.</summary>
    public sealed class Community : IAsyncLifetime
    {
        public Stage Stage { get; } = new();

        public TrackerProgram Tracker { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Tracker = await Stage.StartTrackerAsync();
            var music = Path.Combine(DocumentedCommand.Root, "src", "Peer", "Demo", "music");
            foreach (var song in Directory.GetFiles(music, "*waltz*.mp3", SearchOption.AllDirectories))
                File.Copy(song, Path.Combine(Stage.Music("documented"), Path.GetFileName(song)));
            await Stage.StartPeerAsync(Tracker, "documented");
        }

        public async Task DisposeAsync() => await Stage.DisposeAsync();
    }
}
