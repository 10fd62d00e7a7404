using TspActors.Media.Library;

namespace TspActors.Media.Folders;

/// <summary>
/// The rules that decide which files and subfolders of one folder are shared: the patterns of its root, and those of every .tspignore file
/// from the root down to the folder.
/// </summary>
internal sealed class FolderRules
{
    /// <summary>The name of the file whose patterns exclude files in its folder and in all folders below it.</summary>
    public const string FileName = ".tspignore";

    private const string Extension = ".mp3";

    // Folders that NAS systems, Windows and file systems keep alongside the music for deleted files, snapshots, previews or fragments of
    // damaged files.
    private static readonly HashSet<string> SystemFolders = new(StringComparer.OrdinalIgnoreCase)
    {
        "#recycle", "@Recycle", "$RECYCLE.BIN", "RECYCLER", "RECYCLED", "Network Trash Folder", "#snapshot", "@Recently-Snapshot",
        "@GMT-Snapshots", "~snapshot", "@eaDir", "@tmp", "@sharebin", "lost+found", "System Volume Information",
    };

    private readonly MusicRoot _root;
    private readonly (string Folder, IgnorePatterns Patterns)[] _levels;

    private readonly int _ignoredLines;

    private FolderRules(MusicRoot root, (string Folder, IgnorePatterns Patterns)[] levels, int ignoredLines) =>
        (_root, _levels, _ignoredLines) = (root, levels, ignoredLines);

    /// <summary>Loads the rules for the root itself.</summary>
    /// <exception cref="IOException">The .tspignore file cannot be read or exceeds a limit. <see cref="ForFolder"/> and
    ///   <see cref="Enter"/> throw this too.</exception>
    /// <exception cref="UnauthorizedAccessException">The program does not have permission to read the file.</exception>
    public static FolderRules ForRoot(MusicRoot root) => new FolderRules(root, [], 0).Read(root.Path);

    /// <summary>
    /// Loads the rules for <paramref name="folder"/>, which is the root or lies below it. Returns null if that folder or any
    /// folder on the way to it is excluded.
    /// </summary>
    public static FolderRules? ForFolder(MusicRoot root, string folder)
    {
        var rules = ForRoot(root);
        for (var end = root.Path.Length; end < folder.Length;)
        {
            end = folder.IndexOf(Path.DirectorySeparatorChar, end + 1);
            end = end < 0 ? folder.Length : end;
            var next = folder[..end];
            if (!rules.AdmitsFolder(next))
                return null;
            rules = rules.Read(next);
        }

        return rules;
    }

    /// <summary>Loads the rules for a subfolder of this folder.</summary>
    public FolderRules Enter(string folder) => Read(folder);

    /// <summary>Returns a report about ignored lines in this folder's own .tspignore file; null if there are none.</summary>
    public SkippedFile? IgnoredLines(string folder) => _ignoredLines == 0 ? null : new SkippedFile(
        Path.Combine(folder, FileName), default, SkipReason.PatternIgnored,
        _ignoredLines == 1
            ? $"one line is ignored, because it is longer than {IgnorePatterns.LongestLine} characters"
            : $"{_ignoredLines} lines are ignored, because they are longer than {IgnorePatterns.LongestLine} characters");

    /// <summary>Returns true when a subfolder of this folder is shared.</summary>
    public bool AdmitsFolder(string path) => IsVisible(path) && !IsSystemFolder(path) && !IsExcluded(path, isFolder: true);

    /// <summary>Returns true when a file in this folder is shared, provided that it contains a song.</summary>
    public bool AdmitsFile(string path) =>
        IsMp3(path) && IsVisible(path) && !IsExcluded(path, isFolder: false)
            && (_root.Include.IsEmpty || _root.Include.SelectsFile(Relative(_root.Path, path)));

    /// <summary>Returns true when a picture in this folder may be shown as the cover of the songs there.</summary>
    public bool AdmitsPicture(string path) => IsVisible(path) && !IsExcluded(path, isFolder: false);

    /// <summary>Returns true when the name ends in .mp3, in upper or lower case.</summary>
    public static bool IsMp3(ReadOnlySpan<char> name) => name.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    private static bool IsVisible(string path) => path[path.LastIndexOf(Path.DirectorySeparatorChar) + 1] != '.';

    private static bool IsSystemFolder(string path) =>
        SystemFolders.Contains(path[(path.LastIndexOf(Path.DirectorySeparatorChar) + 1)..]);

    private bool IsExcluded(string path, bool isFolder)
    {
        if (_levels.Length == 0 && _root.Exclude.IsEmpty)
            return false;
        var verdict = _root.Exclude.Match(Relative(_root.Path, path), isFolder);
        foreach (var (folder, patterns) in _levels)
            verdict = patterns.Match(Relative(folder, path), isFolder) ?? verdict;
        return verdict == true;
    }

    // A folder with too many patterns is not shared, because one of the unread patterns may exclude a file.
    private FolderRules Read(string folder)
    {
        var limits = _root.IgnoreLimits;
        if (IgnoreFile.ReadLines(Path.Combine(folder, FileName), limits.FileBytes) is not { } lines)
            return _ignoredLines == 0 ? this : new FolderRules(_root, _levels, 0);
        var patterns = IgnorePatterns.Parse(lines, most: limits.Patterns + 1);
        if (patterns.Count > limits.Patterns)
            throw new IOException($"the folder is not shared, because its {FileName} has more than {limits.Patterns} patterns");
        (string Folder, IgnorePatterns Patterns)[] levels = patterns.IsEmpty ? _levels : [.. _levels, (folder, patterns)];
        if (levels.Sum(level => (long)level.Patterns.Count) > limits.MaxPatternsPerFolder
            || levels.Sum(level => level.Patterns.Length) > limits.MaxPatternLengthPerFolder)
            throw new IOException($"the folder is not shared, because its {FileName} and those above it have too many patterns, or patterns that are too long in total");
        return new FolderRules(_root, levels, patterns.IgnoredLines);
    }

    private static string Relative(string folder, string path)
    {
        var relative = path[(Path.EndsInDirectorySeparator(folder) ? folder.Length : folder.Length + 1)..];
        return Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/');
    }
}
