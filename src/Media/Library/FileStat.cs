using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Library;

/// <summary>The length and last write time of a file. A file counts as unchanged as long as both stay the same.</summary>
/// <param name="Length">Length in bytes.</param>
/// <param name="ModifiedTicks">Last write time, UTC, in ticks of 100 ns.</param>
public readonly record struct FileStat(long Length, long ModifiedTicks)
{
    /// <summary>Reads length and time from an open file.</summary>
    public static FileStat Read(SafeFileHandle file) => new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file).Ticks);

    /// <summary>
    /// Reads length and time of the file at <paramref name="path"/>, or of the target of a symbolic link. Null when there is no file.
    /// </summary>
    /// <exception cref="IOException">The links form a cycle.</exception>
    public static FileStat? Read(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
            file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo;
        return file is { Exists: true } ? new FileStat(file.Length, file.LastWriteTimeUtc.Ticks) : null;
    }
}
