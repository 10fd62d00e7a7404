using System.IO.Enumeration;

namespace TspActors.Media;

/// <summary>Walks the folders that are shared and finds the MP3 files in them.</summary>
public static class MusicFolder
{
    private const string Extension = ".mp3";

    private static readonly EnumerationOptions OneFolder = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>The *.mp3 files (in any case) under <paramref name="roots"/>, one folder at a time, each folder in the order of the names.</summary>
    /// <remarks>
    /// Names that begin with a dot are left out. A folder that is reached twice, over links or because roots overlap, is walked once.
    /// What cannot be listed goes to <paramref name="onProblem"/>; nothing is thrown for it.
    /// </remarks>
    public static IEnumerable<string> Enumerate(IEnumerable<string> roots, Action<SkippedFile> onProblem, CancellationToken cancellation = default)
    {
        var visited = new HashSet<string>(RealPath.Comparer);
        foreach (var root in roots)
        {
            var pending = new Stack<string>([Path.GetFullPath(root)]);
            while (pending.TryPop(out var folder))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var file in List(folder, visited, pending, onProblem))
                    yield return file;
            }
        }
    }

    /// <summary>The files of one folder; its folders are pushed to <paramref name="pending"/> so that they come off in the order of their names.</summary>
    private static List<string> List(string folder, HashSet<string> visited, Stack<string> pending, Action<SkippedFile> onProblem)
    {
        var files = new List<string>();
        var folders = new List<string>();
        try
        {
            if (!visited.Add(RealPath.Of(folder)))
                return files;
            var entries = new FileSystemEnumerable<(string Path, bool IsFolder)>(
                folder, (ref FileSystemEntry entry) => (entry.ToSpecifiedFullPath(), entry.IsDirectory), OneFolder)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.FileName.StartsWith('.') && (entry.IsDirectory || IsMp3(entry.FileName)),
            };
            foreach (var (path, isFolder) in entries)
                (isFolder ? folders : files).Add(path);
        }
        catch (DirectoryNotFoundException)
        {
            onProblem(Problem(folder, SkipReason.FolderMissing, "the folder does not exist"));
        }
        catch (UnauthorizedAccessException)
        {
            onProblem(Problem(folder, SkipReason.FolderUnreadable, "there is no permission to list the folder"));
        }
        catch (IOException error)
        {
            onProblem(Problem(folder, SkipReason.FolderUnreadable, TagText.Clean(error.Message, 200)));
        }
        files.Sort(StringComparer.Ordinal);
        folders.Sort(StringComparer.Ordinal);
        for (var index = folders.Count - 1; index >= 0; index--)
            pending.Push(folders[index]);
        return files;
    }

    private static bool IsMp3(ReadOnlySpan<char> name) => name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    private static SkippedFile Problem(string folder, SkipReason reason, string text) => new(folder, default, reason, text);
}
