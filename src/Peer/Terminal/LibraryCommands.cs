using Akka.Actor;
using TspActors.Media.Folders;
using TspActors.Peer.Library;

namespace TspActors.Peer.Terminal;

/// <summary>The console's commands about this peer's own music: rescan, library problems, and its lines of status.</summary>
internal sealed class LibraryCommands(PeerNode peer, Screen screen)
{
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Looks through the shared folders again, or through one file or folder, and says how that ended.</summary>
    public async Task RescanAsync(string path)
    {
        screen.Note("scanning");
        var rescan = path.Length == 0 ? Rescan.Instance : new Rescan(await ResolveAsync(path).ConfigureAwait(false));
        var report = await peer.Library.Ask<ScanReport>(rescan, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        if (report.Failure is { } failure)
            throw new CommandException($"the music folders could not be scanned: {failure}");
        screen.Note($"sharing {report.Songs} songs; {report.Problems.Count} files left out");
        if (report.Problems.Count > 0)
            screen.Note("library problems lists them");
    }

    /// <summary>library problems: every file that is not shared, with its reason.</summary>
    public async Task ShowAsync(string what)
    {
        if (what != "problems")
            throw new CommandException("library what? library problems");
        var problems = (await AskStatusAsync().ConfigureAwait(false)).Summary.Problems;
        foreach (var problem in problems)
            screen.Result($"{SafeText.Of(problem.Path)}: {SafeText.Of(problem.Text)}");
        screen.Note(problems.Count == 0 ? "nothing was left out" : $"{problems.Count} left out");
    }

    /// <summary>The lines of status that are about the library.</summary>
    public async Task StatusAsync()
    {
        var status = await AskStatusAsync().ConfigureAwait(false);
        var summary = status.Summary;
        screen.Result(
            $"library   {summary.Songs} songs in {summary.SongFiles} files, {summary.Problems.Count} left out, "
            + (status.IsWatched ? "watched" : "looked through every now and then"));
        foreach (var root in summary.Roots)
            screen.Result($"          {root.SongFiles,6}  {SafeText.Of(root.Root.Label)}");
        if (status.Failure is { } failure)
            screen.Result($"          the last scan failed: {SafeText.Of(failure)}");
        if (status.Progress is { } progress)
            screen.Result($"scanning  {ScanDisplay.Text(progress)}");
    }

    // A root can be meant by its name.
    private async Task<string> ResolveAsync(string text)
    {
        var status = await AskStatusAsync().ConfigureAwait(false);
        return status.Summary.Roots.FirstOrDefault(root => root.Root.Name == text)?.Root.Path ?? MusicRoot.Parse(text).Path;
    }

    private Task<LibraryStatus> AskStatusAsync() => peer.Library.Ask<LibraryStatus>(GetLibraryStatus.Instance, ReplyDeadline);
}
