using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace TspActors.Configuration.DataFolders;

/// <summary>Restores a data folder from an archive. The entire archive is checked before the folder is changed.</summary>
public static class FolderRestore
{
    // The size of one entry's headers, including padding.
    private const int EntryOverhead = 8 * 1024;

    /// <summary>Restores the archive into the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="file">The archive.</param>
    /// <param name="replaces">Whether a non-empty folder is moved aside; if false, such a folder is an error.</param>
    /// <returns>The manifest, and where the previous folder is now; null = there was none.</returns>
    /// <exception cref="IOException">The archive or the folder cannot be used; the folder has not changed.</exception>
    public static (BackupManifest Manifest, string? Former) Run(FolderContents folder, string file, bool replaces)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Path));
        if (Directory.Exists(target) && new DirectoryInfo(target).ResolveLinkTarget(returnFinalTarget: true) is { } real)
            target = real.FullName;
        var staging = $"{target}.restoring-{Guid.NewGuid():N}";
        try
        {
            using var held = HoldLock(target);
            var hasFiles = Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any();
            if (hasFiles && !replaces)
                throw new IOException($"the data folder {folder.Path} is not empty; use --force to move its contents aside");
            PrivateFolder.Create(staging);
            var manifest = Unpack(folder, file, staging);
            // Windows cannot move a folder that contains an open file.
            if (OperatingSystem.IsWindows())
                held?.Dispose();
            return (manifest, Replace(target, staging, hasFiles));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(error.Message, error);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }

    private static FileStream? HoldLock(string target)
    {
        var path = Path.Combine(target, FolderContents.LockName);
        if (!File.Exists(path))
            return null;
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException($"a running program is using the data folder {target}; stop it first", error);
        }
    }

    private static string? Replace(string target, string staging, bool hasFiles)
    {
        string? former = null;
        if (hasFiles)
        {
            former = $"{target}.before-restore-{DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}";
            Directory.Move(target, former);
        }
        else if (Directory.Exists(target))
        {
            Directory.Delete(target);
        }

        try
        {
            Directory.Move(staging, target);
            return former;
        }
        catch when (former is not null)
        {
            Directory.Move(former, target);
            throw;
        }
    }

    private static BackupManifest Unpack(FolderContents folder, string file, string staging)
    {
        using var source = File.OpenRead(file);
        try
        {
            using var unpacked = new GZipStream(source, CompressionMode.Decompress);
            using var bounded = new BoundedStream(unpacked);
            using var archive = new TarReader(bounded);
            bounded.Allow(BackupManifest.MaxBytes + (2 * EntryOverhead));
            var manifest = ReadManifest(archive, folder);
            var total = manifest.Files.Aggregate(0m, (sum, entry) => sum + entry.Length);
            if (total > new DriveInfo(staging).AvailableFreeSpace)
                throw new IOException("there is not enough space on the data folder's disk");
            bounded.Allow((long)total + ((manifest.Files.Count + 2L) * EntryOverhead));
            foreach (var expected in manifest.Files)
                Unpack(Next(archive, expected.Name), expected, Path.Combine(staging, expected.Name));
            if (archive.GetNextEntry() is not null)
                throw new IOException("it contains more than its manifest says");
            return manifest;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or FormatException or ArgumentException)
        {
            throw new IOException($"{file} cannot be restored: {error.Message}", error);
        }
    }

    private static BackupManifest ReadManifest(TarReader archive, FolderContents folder)
    {
        var entry = Next(archive, BackupManifest.EntryName);
        if (entry.Length > BackupManifest.MaxBytes || entry.DataStream is not { } data)
            throw new IOException("its manifest is not valid");
        var json = new byte[entry.Length];
        data.ReadExactly(json);
        return BackupManifest.Parse(json, folder);
    }

    private static TarEntry Next(TarReader archive, string name) =>
        archive.GetNextEntry() is { EntryType: TarEntryType.RegularFile } entry && entry.Name == name
            ? entry
            : throw new IOException($"it is not a backup, or is incomplete ({name} is missing)");

    private static void Unpack(TarEntry entry, BackupEntry expected, string path)
    {
        using (var file = PrivateFolder.CreateFile(path))
        {
            if (entry.Length == expected.Length)
                entry.DataStream?.CopyTo(file);
            file.Flush(flushToDisk: true);
        }

        using var written = File.OpenRead(path);
        if (written.Length != expected.Length || Convert.ToHexStringLower(SHA256.HashData(written)) != expected.Sha256)
            throw new IOException($"{expected.Name} is damaged");
    }
}
