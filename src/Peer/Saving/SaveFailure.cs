namespace TspActors.Peer.Saving;

/// <summary>Turns a file system error into one line for the user: what happened, to which file, and what to do.</summary>
internal static class SaveFailure
{
    /// <summary>Returns the error to throw in place of the file system's error.</summary>
    public static IOException Explain(Exception error, string path, string partialPath) => error switch
    {
        ForeignPartialFileException foreign => foreign,
        DirectoryNotFoundException => new IOException($"the folder of {path} does not exist: create it, or choose another one", error),
        UnauthorizedAccessException => new IOException($"no permission to write {path}: choose another place", error),
        PathTooLongException => new IOException($"the name {path} is too long: choose a shorter one", error),
        IOException when IsInUse(error) => new PartialFileInUseException($"{partialPath} is in use: {path} is already being saved", error),
        IOException when IsFull(error) =>
            new IOException($"{path} cannot be written: there is no space left on the disk; free some space and try again", error),
        FileNotFoundException => new IOException($"{path} cannot be created: choose another place", error),
        _ => new IOException($"{path} cannot be written: {Reason(error, path, partialPath)}", error),
    };

    // .NET names the partial file, which the user does not know about: "Read-only file system : '/music/song.mp3.part'".
    private static string Reason(Exception error, string path, string partialPath) => error.Message
        .Replace($" : '{partialPath}'", "", StringComparison.Ordinal).Replace(partialPath, path, StringComparison.Ordinal);

    // .NET distinguishes these errors only by number: EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsInUse(Exception error) =>
        Number(error) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11);

    // ENOSPC; on Windows ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
    private static bool IsFull(Exception error) => OperatingSystem.IsWindows() ? Number(error) is 39 or 112 : Number(error) == 28;

    private static int Number(Exception error) => error.HResult & 0xFFFF;
}

/// <summary>Thrown when another save is writing the partial file.</summary>
internal sealed class PartialFileInUseException(string message, Exception inner) : IOException(message, inner);

/// <summary>Thrown when the file with the partial file's name was not left by an earlier save.</summary>
internal sealed class ForeignPartialFileException(string message) : IOException(message);
