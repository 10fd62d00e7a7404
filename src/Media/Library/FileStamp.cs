using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Library;

/// <summary>What tells without reading whether a file is still the same: its length and when it was last written.</summary>
/// <param name="Length">Length in bytes.</param>
/// <param name="ModifiedTicks">Last write time, UTC, in ticks of 100 ns.</param>
public readonly record struct FileStamp(long Length, long ModifiedTicks)
{
    /// <summary>The stamp of an open file.</summary>
    public static FileStamp Of(SafeFileHandle file) => new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file).Ticks);

    /// <summary>The stamp of the file at <paramref name="path"/>, behind a symbolic link that of its target; null when there is none.</summary>
    /// <exception cref="IOException">The links lead round in a circle.</exception>
    public static FileStamp? Of(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
            file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo;
        return file is { Exists: true } ? new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks) : null;
    }
}
