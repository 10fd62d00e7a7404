using TspActors.Protocol;

namespace TspActors.Peer.Library;

/// <summary>The peer's data folder, which holds its id and its index. Only one running peer may use it at a time.</summary>
internal sealed class DataFolder : IDisposable
{
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

    /// <summary>Creates the folder if it is missing, and locks it.</summary>
    /// <exception cref="IOException">The folder cannot be used; the message says why and what to do.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot create the data folder {path}: {error.Message}; name another one with --data", error);
        }

        var @lock = OpenLock(path);
        try
        {
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
            return new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
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

    // .NET reports another process's lock only by the system's error number: EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on
    // Windows.
    private static bool IsInUse(IOException error) =>
        (error.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11);

    private static PeerId ReadPeer(string path)
    {
        if (File.Exists(path) && PeerId.TryParse(File.ReadAllText(path).Trim(), out var known))
            return known;
        var peer = PeerId.NewRandom();
        // Written to a temporary file first, so that a crash cannot leave half an id.
        File.WriteAllText(path + ".new", $"{peer}\n");
        File.Move(path + ".new", path, overwrite: true);
        return peer;
    }
}
