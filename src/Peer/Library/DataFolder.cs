using TspActors.Protocol;

namespace TspActors.Peer.Library;

/// <summary>The peer's own folder: its id, its index; used by one running peer at a time.</summary>
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

    /// <summary>The id that names this peer for ever; made when the folder is.</summary>
    public PeerId Peer { get; }

    public string IndexPath => System.IO.Path.Combine(Path, "library.db");

    /// <summary>Makes the folder where it is missing, and takes it.</summary>
    /// <exception cref="IOException">It cannot be used; the message says why and what to do.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the data folder {path} cannot be made: {error.Message}; name another one with --data", error);
        }

        var @lock = Take(path);
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

    private static FileStream Take(string path)
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

    // .NET tells a lock of somebody else only by the system's number for it: EWOULDBLOCK of Linux or macOS, ERROR_SHARING_VIOLATION of
    // Windows.
    private static bool IsInUse(IOException error) =>
        (error.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11);

    private static PeerId ReadPeer(string path)
    {
        if (File.Exists(path) && PeerId.TryParse(File.ReadAllText(path).Trim(), out var known))
            return known;
        var peer = PeerId.NewRandom();
        // Beside it first: a crash leaves no half id.
        File.WriteAllText(path + ".new", $"{peer}\n");
        File.Move(path + ".new", path, overwrite: true);
        return peer;
    }
}
