using System.Security.Cryptography;

namespace TspActors.Tracker.Ids;

/// <summary>The tracker's data folder: the key for its receipts, the receipt keys of other trackers, and its song ids.</summary>
/// <remarks>
/// Only one running tracker may use the folder at a time. Only the user who runs the tracker can access the folder and its files.
/// </remarks>
internal sealed class TrackerFolder : IDisposable
{
    private const string Remedy = "choose a different folder with --data (tsp.tracker.data)";

    private readonly FileStream _lock;

    private TrackerFolder(FileStream @lock, ReceiptKeys keys, IdStore ids) => (_lock, Keys, Ids) = (@lock, keys, ids);

    /// <summary>The keys for receipts of song ids.</summary>
    public ReceiptKeys Keys { get; }

    /// <summary>The song ids.</summary>
    public IdStore Ids { get; }

    /// <summary>True if the ids are lost, but peers may still have receipts for them.</summary>
    public bool HasLostIds => Ids.IsNew && Keys.MayHaveSigned;

    /// <summary>Opens the folder, or creates it if it is missing.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="maxSongs">The maximum number of ids to keep.</param>
    /// <param name="warn">Receives messages that an operator must see.</param>
    /// <param name="shared">The key that all trackers in the cluster share; null = the tracker has its own key, in the folder.</param>
    /// <exception cref="IOException">The folder cannot be used; the message says why and what to do.</exception>
    public static TrackerFolder Open(string path, int maxSongs, Action<string> warn, ReceiptKeys? shared = null)
    {
        // A folder from a newer version of the program is left unchanged.
        DataFormat.Format.Check(path);
        FileStream? @lock = null;
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            @lock = Lock(path);
            DataFormat.Format.Upgrade(path);
            var ids = new IdStore(Path.Combine(path, "song-ids"), maxSongs, warn);
            try
            {
                return new TrackerFolder(@lock, shared ?? ReadKeys(path, warn), ids);
            }
            catch
            {
                ids.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            @lock?.Dispose();
            throw new IOException($"the data folder {path} cannot be used: {error.Message}; {Remedy}", error);
        }
    }

    public void Dispose()
    {
        Ids.Dispose();
        _lock.Dispose();
    }

    /// <summary>Returns options for opening a file. If the file is created, only the tracker's user can access it.</summary>
    public static FileStreamOptions PrivateFile(FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static FileStream Lock(string path)
    {
        var options = PrivateFile(FileMode.OpenOrCreate, FileAccess.ReadWrite);
        options.Share = FileShare.None;
        try
        {
            return new FileStream(Path.Combine(path, "lock"), options);
        }
        catch (IOException error) when (error.HResult != 0 && File.Exists(Path.Combine(path, "lock")))
        {
            throw new IOException("another tracker is using it", error);
        }
    }

    private static ReceiptKeys ReadKeys(string path, Action<string> warn)
    {
        var (ownPath, othersPath) = (Path.Combine(path, "receipt-key"), Path.Combine(path, "receipt-keys"));
        var own = File.Exists(ownPath) ? File.ReadAllBytes(ownPath) : [];
        var isNew = own.Length == 0;
        if (!isNew && own.Length != ReceiptKeys.KeySize)
            throw new IOException($"{ownPath} is not a key of {ReceiptKeys.KeySize} bytes");
        if (isNew)
            Write(ownPath, own = RandomNumberGenerator.GetBytes(ReceiptKeys.KeySize));
        var others = File.Exists(othersPath) ? File.ReadAllBytes(othersPath).Chunk(ReceiptKeys.KeySize) : [];
        return new ReceiptKeys(
            own, isNew, [.. others.Where(key => key.Length == ReceiptKeys.KeySize)], keys => SaveOthers(othersPath, keys, warn));
    }

    private static void SaveOthers(string path, IReadOnlyList<byte[]> keys, Action<string> warn)
    {
        try
        {
            Write(path, [.. keys.SelectMany(key => key)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warn($"the receipt key of another tracker could not be saved: {error.Message}");
        }
    }

    // The bytes are written to a temporary file first, so that a crash cannot leave an incomplete key.
    private static void Write(string path, byte[] bytes)
    {
        File.Delete(path + ".new");
        using (var file = new FileStream(path + ".new", PrivateFile(FileMode.CreateNew, FileAccess.Write)))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
