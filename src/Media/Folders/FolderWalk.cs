using System.IO.Enumeration;
using TspActors.Media.Covers;
using TspActors.Media.Library;
using TspActors.Media.Tags;

namespace TspActors.Media.Folders;

/// <summary>A walk through a root, folder by folder, that visits every real folder once, even if several links lead to it.</summary>
/// <remarks>
/// The walk does not follow a link to a folder that is shared anyway, because the operating system reports changes under the real path, not
/// under the path through the link.
/// </remarks>
internal sealed class FolderWalk(
    MusicRoot root, IReadOnlyCollection<MusicRoot> allRoots, Dictionary<string, HashSet<string>>? knownNames, Action<SkippedFile> onProblem)
{
    private static readonly EnumerationOptions OneFolder = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        ReturnSpecialDirectories = false,
    };

    private readonly HashSet<string> _visited = new(RealPath.Comparer);
    private readonly Stack<(string Folder, FolderRules? Parent)> _pending = new();

    /// <summary>
    /// Starts at the root or at a folder below it. If the rules exclude that folder or cannot be read, the walk is empty.
    /// </summary>
    public void Begin(string start)
    {
        if (start.Length == root.Path.Length)
        {
            _pending.Push((start, null));
            return;
        }

        var parent = Path.GetDirectoryName(start)!;
        try
        {
            if (FolderRules.ForFolder(root, parent) is { } rules && rules.AdmitsFolder(start))
                _pending.Push((start, rules));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onProblem(Unreadable(parent, error));
        }
    }

    /// <summary>Returns the files of the next folder, or null when no folder is left.</summary>
    public List<FoundFile>? NextFolder()
    {
        if (!_pending.TryPop(out var next))
            return null;
        var files = new List<FoundFile>();
        var folders = new List<string>();
        try
        {
            var real = RealPath.Resolve(next.Folder);
            if (next.Parent is not null && IsLink(next.Folder) && IsSharedAnyway(real) || !_visited.Add(real))
                return files;
            var rules = next.Parent is null ? FolderRules.ForRoot(root) : next.Parent.Enter(next.Folder);
            if (rules.IgnoredLines(next.Folder) is { } ignored)
                onProblem(ignored);
            List(next.Folder, rules, files, folders);
            for (var index = folders.Count - 1; index >= 0; index--)
                _pending.Push((folders[index], rules));
            RemoveKnown(real, files);
        }
        catch (IOException) when (File.Exists(next.Folder))
        {
            // On Linux, the exception says only "Not a directory".
            onProblem(Missing(next.Folder, "it is a file, not a folder"));
        }
        catch (DirectoryNotFoundException)
        {
            onProblem(Missing(next.Folder, "the folder does not exist"));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A problem with one folder must not end the walk.
            onProblem(Unreadable(next.Folder, error));
        }

        return files;
    }

    public static SkippedFile Unreadable(string folder, Exception error) => new(
        folder, default, SkipReason.FolderUnreadable,
        error is UnauthorizedAccessException
            ? $"the program does not have permission to list it, to enter it, or to read a {FolderRules.FileName} file"
            : TagText.Clean(error.Message, 200));

    private static SkippedFile Missing(string folder, string reason) =>
        new(folder, default, SkipReason.FolderMissing, SongFileReader.ExplainMissing(folder, reason));

    private static bool IsLink(string folder) => new DirectoryInfo(folder).LinkTarget is not null;

    private bool IsSharedAnyway(string real)
    {
        foreach (var each in allRoots)
        {
            if (!Directory.Exists(each.Path))
                continue;
            var realRoot = RealPath.Resolve(each.Path);
            if (MusicRoot.IsUnder(real, realRoot) && FolderRules.ForFolder(each, each.Path + real[realRoot.Length..]) is not null)
                return true;
        }

        return false;
    }

    private static void List(string folder, FolderRules rules, List<FoundFile> files, List<string> folders)
    {
        var entries = new FileSystemEnumerable<(string Path, bool IsFolder, FileStat? Stat)>(folder, Describe, OneFolder)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.FileName.StartsWith('.')
                && (entry.IsDirectory || FolderRules.IsMp3(entry.FileName) || FolderPicture.RankOf(entry.FileName) >= 0),
        };
        var pictures = new List<FolderPicture>();
        foreach (var (path, isFolder, stat) in entries)
        {
            if (isFolder && rules.AdmitsFolder(path))
                folders.Add(path);
            else if (!isFolder && rules.AdmitsFile(path))
                files.Add(new FoundFile(path, stat));
            else if (!isFolder && stat is { Length: > 0 } known && !FolderRules.IsMp3(path) && rules.AdmitsPicture(path))
                pictures.Add(new FolderPicture(path, known));
        }

        if (FolderPicture.BestOf(pictures) is { } picture)
        {
            for (var index = 0; index < files.Count; index++)
                files[index] = files[index] with { Picture = picture };
        }

        files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
        folders.Sort(StringComparer.Ordinal);
    }

    private static (string Path, bool IsFolder, FileStat? Stat) Describe(ref FileSystemEntry entry)
    {
        var path = entry.ToSpecifiedFullPath();
        if (entry.IsDirectory)
            return (path, true, null);
        // The entry for a link contains the length and time of the link itself, not of its target. No entry contains the file's identity
        // (device and inode).
        if (FileStatus.IsKnown || (entry.Attributes & FileAttributes.ReparsePoint) != 0)
            return (path, false, MusicFolder.TryReadStat(path));
        try
        {
            return (path, false, new FileStat(entry.Length, entry.LastWriteTimeUtc.UtcTicks));
        }
        catch (ArgumentException)
        {
            // .NET cannot represent the time. The error is reported when the file is read.
            return (path, false, null);
        }
    }

    private void RemoveKnown(string real, List<FoundFile> files)
    {
        if (knownNames is null)
            return;
        if (!knownNames.TryGetValue(real, out var names))
            knownNames.Add(real, names = new HashSet<string>(RealPath.Comparer));
        files.RemoveAll(file => !names.Add(Path.GetFileName(file.Path)));
    }
}
