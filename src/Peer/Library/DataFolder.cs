using System.Security.Cryptography;
using System.Text;
using TspActors.Configuration.DataFolders;
using TspActors.Media.Library;
using TspActors.Protocol;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Library;

/// <summary>The peer's data folder, which contains its key and its index. Only one peer may use it at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    // The files that peers keep in the folder, and those that file systems create. A name may have a suffix, as in library.db-wal.
    private static readonly string[] OwnNames =
    [
        "lock", "peer-id", "resume-secrets", "library.db", "history", "key.pem", "trackers", "joined", "discovered", "http.db", "http-cache",
        "http-covers", "devices.json", "station", "source-password", "lost+found",
        Playlists.SongList.FavouritesName, Playlists.SongList.PlayedName, Playlists.SongList.QueueName,
        "version", "backup-before",
    ];

    /// <summary>The name of the file that lists the trackers that this peer has joined by invitation.</summary>
    public const string JoinedName = "joined";

    /// <summary>The name of the file that lists the trackers that this peer has found on a local network and joined.</summary>
    public const string DiscoveredName = "discovered";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock, TlsIdentity identity, PeerId? formerPeer)
    {
        Path = path;
        _lock = @lock;
        Identity = identity;
        FormerPeer = formerPeer;
    }

    public string Path { get; }

    /// <summary>This peer's key and certificate. The key is created when the peer first uses the folder.</summary>
    public TlsIdentity Identity { get; }

    /// <summary>The permanent id of this peer: the id of its key.</summary>
    public PeerId Peer => Identity.KeyId.ToPeerId();

    /// <summary>
    /// The random id that this peer had before it had a key; null if it had none, or if the change has already been reported.
    /// </summary>
    public PeerId? FormerPeer { get; }

    /// <summary>True if this peer has just created its key because it is starting for the first time.</summary>
    public bool IsNew { get; private init; }

    /// <summary>The path of the file with the resume secrets, which prove to the trackers that this peer owns its id.</summary>
    public string ResumeSecretsPath => System.IO.Path.Combine(Path, "resume-secrets");

    /// <summary>The path of the file that lists the trackers that this peer has joined by invitation.</summary>
    public string JoinedPath => System.IO.Path.Combine(Path, JoinedName);

    /// <summary>Returns the path of the file where a station stores its position.</summary>
    /// <param name="feed">The feed's name, which may contain any characters.</param>
    public string StationPath(string feed)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(feed)).AsSpan(0, 8));
        return System.IO.Path.Combine(Path, $"station-{name}.json");
    }

    /// <summary>The path of the file with the password for live sources, used if the settings contain none.</summary>
    public string SourcePasswordPath => System.IO.Path.Combine(Path, "source-password");

    public string IndexPath => System.IO.Path.Combine(Path, "library.db");

    /// <summary>
    /// Creates the folder if it is missing, locks it, and removes other users' permissions on the folder and on the peer's files. A folder
    /// that also contains other files, such as a home folder, keeps its own permissions.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be used. The message gives the reason and the remedy.</exception>
    public static DataFolder Open(string path)
    {
        // A folder written by a newer version of the program is left untouched, including its permissions.
        PeerFolder.Format.Check(path);
        try
        {
            PrivateFile.CreateFolder(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot create the data folder {path}: {error.Message}; choose another one with --data", error);
        }

        var @lock = OpenLock(path);
        try
        {
            PeerFolder.Format.Upgrade(path);
            Restrict(path);
            var isNew = !File.Exists(System.IO.Path.Combine(path, KeyFile.Name));
            var identity = KeyFile.LoadOrCreate(path);
            return new DataFolder(path, @lock, identity, RemoveFormerPeer(System.IO.Path.Combine(path, "peer-id"))) { IsNew = isNew };
        }
        catch (Exception error) when (error is KeyFileException or FolderFormatException)
        {
            @lock.Dispose();
            throw;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            @lock.Dispose();
            throw new IOException($"the data folder {path} cannot be used: {error.Message}; choose another one with --data", error);
        }
    }

    /// <summary>Returns true for the names of files that peers keep in the folder, or that file systems create.</summary>
    public static bool IsOwn(string name) => OwnNames.Any(own => IsNamed(own, name));

    /// <summary>Returns true if a name is <paramref name="own"/>, or that name with a suffix.</summary>
    public static bool IsNamed(string own, string name) =>
        name == own || name.StartsWith(own + ".", StringComparison.Ordinal) || name.StartsWith(own + "-", StringComparison.Ordinal);

    public void Dispose()
    {
        _lock.Dispose();
        Identity.Dispose();
    }

    private static FileStream OpenLock(string path)
    {
        try
        {
            return PrivateFile.Open(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"no permission to write to the data folder {path}; choose another one with --data", error);
        }
        catch (IOException error) when (IsInUse(error))
        {
            throw new IOException(
                $"the data folder {path} is in use by another peer; stop that peer, or choose another folder with --data", error);
        }
        catch (IOException error)
        {
            throw new IOException($"the data folder {path} cannot be used: {error.Message}; choose another one with --data", error);
        }
    }

    private static void Restrict(string path)
    {
        try
        {
            var entries = Directory.GetFileSystemEntries(path).ToLookup(entry => IsOwn(System.IO.Path.GetFileName(entry)));
            // A key that others could read may have been copied, so it is left untouched: its owner must decide what to do.
            foreach (var file in entries[true].Where(file => System.IO.Path.GetFileName(file) != KeyFile.Name && File.Exists(file)))
                PrivateFile.Restrict(file);
            if (!entries[false].Any())
                PrivateFile.Restrict(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder belongs to another user, or its file system does not support permissions.
        }
    }

    // Only the system's error number shows that another process has locked the file: EWOULDBLOCK on Linux and macOS,
    // ERROR_SHARING_VIOLATION on Windows.
    private static bool IsInUse(IOException error) =>
        (error.HResult & 0xFFFF) == (OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11);

    private static PeerId? RemoveFormerPeer(string path)
    {
        if (!File.Exists(path))
            return null;
        PeerId? former = PeerId.TryParse(File.ReadAllText(path).Trim(), out var known) ? known : null;
        File.Delete(path);
        return former;
    }
}
