using System.Diagnostics;
using TspActors.Tracker.Ids;
using TspActors.Transport;

namespace TspActors.Tracker.Members;

/// <summary>The lock that the tracker and its commands hold while they change the members and invitations.</summary>
internal static class FolderLock
{
    private const string Name = "members.lock";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits for the lock. Dispose the result to release it. Creates the folder if it is missing.</summary>
    /// <exception cref="IOException">The folder cannot be used, or another program holds the lock for too long.</exception>
    public static FileStream Acquire(string folder)
    {
        var path = Path.Combine(folder, Name);
        var start = Stopwatch.GetTimestamp();
        try
        {
            CreateFolder(folder);
            while (true)
            {
                if (TryOpen(path) is { } held)
                    return held;
                if (Stopwatch.GetElapsedTime(start) > Patience)
                    throw new IOException($"another program has been changing the members for {Patience.TotalSeconds} s; try again ({path})");
                Thread.Sleep(Pause);
            }
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"no permission to change the members in {folder}: {error.Message}", error);
        }
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return FolderOwner.OpenOrCreate(path, Open);
        }
        catch (IOException error) when (IsHeld(error))
        {
            return null;
        }

        FileStream Open(FileMode mode)
        {
            var options = TrackerFolder.PrivateFile(mode, FileAccess.ReadWrite);
            options.Share = FileShare.None;
            return new FileStream(path, options);
        }
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // Only the system's error number shows that another program has locked the file: EWOULDBLOCK on Linux and macOS,
    // ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException error) =>
        (error.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11);
}
