using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Library;

/// <summary>The peer's data folder, which holds its id and its index. Only one running peer may use it at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    // What peers keep in the folder, and what file systems put there. Other files follow with a suffix, such as library.db-wal.
    private static readonly string[] OwnNames = ["lock", "peer-id", "library.db", "history", "key.pem", "trackers", "lost+found"];

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock, PeerId peer)
    {
        Path = path;
        _lock = @lock;
        Peer = peer;
    }

    public string Path { get; }

    /// <summary>The permanent id of this peer, created with the folder.</summary>
    public PeerId Peer { get; }

    public string IndexPath => System.IO.Path.Combine(Path, "library.db");

    /// <summary>
    /// Creates the folder if it is missing, locks it, and takes away what other users may do in it. A folder that also holds files of
    /// others, such as a home folder, stays as open as it is.
    /// </summary>
    /// <exception cref="IOException">It cannot be used; the message says why and what to do.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            PrivateFile.CreateFolder(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot create the data folder {path}: {error.Message}; name another one with --data", error);
        }

        var @lock = OpenLock(path);
        try
        {
            Restrict(path);
            return new DataFolder(path, @lock, ReadPeer(System.IO.Path.Combine(path, "peer-id")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            @lock.Dispose();
            throw new IOException($"the data folder {path} cannot be used: {error.Message}; name another one with --data", error);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream OpenLock(string path)
    {
        try
        {
            return PrivateFile.Open(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"there is no permission to write to the data folder {path}; name another one with --data", error);
        }
        catch (IOException error) when (IsInUse(error))
        {
            throw new IOException(
                $"the data folder {path} is in use by another peer; stop that one, or name another folder with --data", error);
        }
        catch (IOException error)
        {
            throw new IOException($"the data folder {path} cannot be used: {error.Message}; name another one with --data", error);
        }
    }

    private static void Restrict(string path)
    {
        try
        {
            var entries = Directory.GetFileSystemEntries(path).ToLookup(entry => IsOwn(System.IO.Path.GetFileName(entry)));
            foreach (var file in entries[true].Where(File.Exists))
                PrivateFile.Restrict(file);
            if (!entries[false].Any())
                PrivateFile.Restrict(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder belongs to somebody else, or its file system has no permissions.
        }
    }

    private static bool IsOwn(string name) => OwnNames.Any(
        own => name == own || name.StartsWith(own + ".", StringComparison.Ordinal) || name.StartsWith(own + "-", StringComparison.Ordinal));

    // .NET reports another process's lock only by the system's error number: EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on
    // Windows.
    private static bool IsInUse(IOException error) =>
        (error.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11);

    private static PeerId ReadPeer(string path)
    {
        if (File.Exists(path) && PeerId.TryParse(File.ReadAllText(path).Trim(), out var known))
            return known;
        var peer = PeerId.NewRandom();
        PrivateFile.Replace(path, $"{peer}\n");
        return peer;
    }
}
