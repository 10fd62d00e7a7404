using Akka.Actor;
using TspActors.Media.Folders;
using TspActors.Peer.Library;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Scans all shared folders again, or one file or folder in them, and reports the result.</summary>
internal sealed class RescanCommand() : ConsoleCommand(
    "rescan", "rescan [path]", "look for changes in the shared folders, or in a file or folder in them")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var screen = console.Screen;
        screen.Note("scanning");
        var path = UserPath.Unquote(argument);
        var rescan = path.Length == 0 ? Rescan.Instance : new Rescan(await ResolveAsync(console, path).ConfigureAwait(false));
        var report = await console.Peer.Library.Ask<ScanReport>(rescan, Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
        if (report.Failure is { } failure)
            throw new CommandException($"could not scan the music folders: {failure}");
        screen.Note($"sharing {Counted.Text(report.Songs, "song")}; {Counted.Text(report.Problems.Count, "file")} left out");
        if (report.Problems.Count > 0)
            screen.Note("type \"library problems\" to list them");
    }

    // The text is the name of a music folder, or a path.
    private static async Task<string> ResolveAsync(ConsoleContext console, string text)
    {
        var status = await console.GetLibraryAsync().ConfigureAwait(false);
        return status.Summary.Roots.FirstOrDefault(root => root.Root.Name == text)?.Root.Path
            ?? MusicRoot.Parse(UserPath.Expand(text)).Path;
    }
}

/// <summary>Lists every file that is not shared, with the reason.</summary>
internal sealed class LibraryCommand() : ConsoleCommand("library", "library problems", "files that are not shared, and why")
{
    private const string Problems = "problems";

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        if (argument != Problems)
            throw new CommandException("type \"library problems\" to list the files that are not shared");
        var problems = (await console.GetLibraryAsync().ConfigureAwait(false)).Summary.Problems;
        foreach (var problem in problems)
            console.Screen.Result($"{SafeText.Clean(problem.Path)}: {SafeText.Clean(problem.Text)}");
        console.Screen.Note(problems.Count == 0 ? "nothing was left out" : $"{problems.Count} left out");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromWords(typed, [Problems]);
}
