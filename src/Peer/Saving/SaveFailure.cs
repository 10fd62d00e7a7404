namespace TspActors.Peer.Saving;

/// <summary>Explains in one line why a file cannot be saved: what happened, to which file, what to do.</summary>
internal static class SaveFailure
{
    /// <summary>Returns the error to throw in place of one of the file system's.</summary>
    public static IOException Explain(Exception error, string path, string partialPath) => error switch
    {
        ForeignPartialFileException foreign => foreign,
        DirectoryNotFoundException => new IOException($"the folder of {path} does not exist: make it, or name another one", error),
        UnauthorizedAccessException => new IOException($"there is no permission to write {path}: name another place", error),
        PathTooLongException => new IOException($"{path} is too long a name: name a shorter one", error),
        IOException when IsInUse(error) => new PartialFileInUseException($"{partialPath} is in use: {path} is being saved already", error),
        IOException when IsFull(error) =>
            new IOException($"{path} cannot be written: there is no space left on the disk; make room and try again", error),
        _ => new IOException($"{path} cannot be written: {error.Message.Replace(partialPath, "it", StringComparison.Ordinal)}", error),
    };

    // .NET tells these apart only by the system's numbers: EWOULDBLOCK of Linux or macOS, ERROR_SHARING_VIOLATION of Windows.
    private static bool IsInUse(Exception error) =>
        Number(error) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11);

    // ENOSPC; ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows.
    private static bool IsFull(Exception error) => OperatingSystem.IsWindows() ? Number(error) is 39 or 112 : Number(error) == 28;

    private static int Number(Exception error) => error.HResult & 0xFFFF;
}

/// <summary>Thrown when somebody else is writing the partial file.</summary>
internal sealed class PartialFileInUseException(string message, Exception inner) : IOException(message, inner);

/// <summary>Thrown when what has the name of the partial file is no file that an earlier try has left.</summary>
internal sealed class ForeignPartialFileException(string message) : IOException(message);
