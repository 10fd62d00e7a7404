namespace TspActors.Peer.Diagnosis;

/// <summary>Checks whether the data folder is writable, and whether its disk has enough free space.</summary>
/// <param name="folder">The folder; empty if there is none.</param>
internal sealed class DataFolderCheck(string folder) : ICheck
{
    private const string Check = "data";

    // Enough space for a large library's index while it grows, and for its journal.
    private const long LeastFreeBytes = 100L << 20;

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellation) => Task.FromResult(Examine());

    /// <summary>Returns the finding for a folder that is writable.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="freeBytes">The free space on its disk; null = unknown.</param>
    public static Finding Judge(string folder, long? freeBytes) => freeBytes switch
    {
        null => Finding.Ok(Check, $"{folder} is writable"),
        < LeastFreeBytes => Finding.Problem(Check, $"{folder}: only {Megabytes(freeBytes.Value)} free", "free up space on that disk"),
        _ => Finding.Ok(Check, $"{folder} is writable, {Megabytes(freeBytes.Value)} free"),
    };

    private Finding Examine()
    {
        if (folder.Length == 0)
            return Finding.Problem(Check, "there is no home folder to put it in", "choose a folder with --data");
        if (!Directory.Exists(folder))
            return Finding.Problem(
                Check, $"{folder} does not exist, and could not be created", "create it, or choose another one with --data");
        try
        {
            var file = Path.Combine(folder, $"lock.{Guid.NewGuid():N}");
            File.WriteAllBytes(file, [0]);
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Finding.Problem(
                Check, $"{folder} is not writable: {error.Message}", "change its permissions, or choose another one with --data");
        }

        return Judge(folder, FindFreeBytes());
    }

    private long? FindFreeBytes()
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A network share on Windows has no drive.
            return null;
        }
    }

    private static string Megabytes(long bytes) => $"{bytes / (1024 * 1024)} MiB";
}
