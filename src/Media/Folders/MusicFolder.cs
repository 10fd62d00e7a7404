using TspActors.Media.Library;

namespace TspActors.Media.Folders;

/// <summary>An MP3 file, by its name, that was found in a shared folder.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Stamp">Its length and time; null where they could not be told, which reading it will explain.</param>
public readonly record struct FoundFile(string Path, FileStamp? Stamp);

/// <summary>Walks the folders that are shared and finds the MP3 files in them.</summary>
public static class MusicFolder
{
    /// <summary>The *.mp3 files (in any case) under <paramref name="roots"/>, one folder at a time, each folder in the order of the names.</summary>
    /// <remarks>
    /// Names that begin with a dot are left out, and what the patterns of the root or a .tspignore file exclude. A file that is reached twice, over links or
    /// because roots overlap, is found once. What cannot be listed goes to <paramref name="onProblem"/>; nothing is thrown for it.
    /// </remarks>
    public static IEnumerable<FoundFile> Enumerate(
        IReadOnlyCollection<MusicRoot> roots, Action<SkippedFile> onProblem, CancellationToken cancellation = default) =>
        Walk(roots, [.. roots.Select(root => (root, root.Path))], onProblem, cancellation);

    /// <summary>The same for a part: a file, or a folder with all that is under it. Nothing where it is in no root, is left out, or is not there.</summary>
    public static IEnumerable<FoundFile> EnumerateUnder(
        IReadOnlyCollection<MusicRoot> roots, string path, Action<SkippedFile> onProblem, CancellationToken cancellation = default)
    {
        // A file is asked for by itself: listing a folder of ten thousand for each of its files would take for ever.
        if (!Directory.Exists(path))
            return roots.Any(root => root.Holds(path) && Admits(root, path, onProblem)) && StampOf(path) is { } stamp ? [new FoundFile(path, stamp)] : [];
        var starts = roots.Where(root => root.Holds(path) || MusicRoot.IsUnder(root.Path, path)).Select(root => (root, root.Holds(path) ? path : root.Path));
        return Walk(roots, [.. starts], onProblem, cancellation);
    }

    private static IEnumerable<FoundFile> Walk(
        IReadOnlyCollection<MusicRoot> roots, List<(MusicRoot Root, string Start)> starts, Action<SkippedFile> onProblem, CancellationToken cancellation)
    {
        // Where roots overlap, the later ones give only the files of a folder that the earlier ones left out.
        var given = starts.Count > 1 ? new Dictionary<string, HashSet<string>>(RealPath.Comparer) : null;
        foreach (var (root, start) in starts)
        {
            var walk = new FolderWalk(root, roots, given, onProblem);
            walk.Begin(start);
            while (walk.NextFolder() is { } files)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var file in files)
                    yield return file;
            }
        }
    }

    private static bool Admits(MusicRoot root, string path, Action<SkippedFile> onProblem)
    {
        try
        {
            return path.Length > root.Path.Length && FolderRules.For(root, Path.GetDirectoryName(path)!) is { } rules && rules.AdmitsFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onProblem(FolderWalk.Unreadable(Path.GetDirectoryName(path)!, error));
            return false;
        }
    }

    /// <summary>Null also where it cannot be told.</summary>
    internal static FileStamp? StampOf(string path)
    {
        try
        {
            return FileStamp.Of(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
