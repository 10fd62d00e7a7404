using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace TspActors.Configuration.DataFolders;

/// <summary>Writes the files of a data folder, which may be in use, to an archive.</summary>
public static class FolderBackup
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes the archive to a file that only its owner can read. The file appears only once it is complete.</summary>
    /// <returns>The manifest of the archive.</returns>
    /// <exception cref="IOException">The backup could not be created; the message says why.</exception>
    public static BackupManifest Write(FolderContents folder, string file, bool overwrites)
    {
        var path = Path.GetFullPath(file);
        if (!overwrites && Path.Exists(path))
            throw new IOException($"{file} exists; use --force to replace it");
        var fresh = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            BackupManifest manifest;
            using (var target = PrivateFolder.CreateFile(fresh))
            {
                manifest = Write(folder, target, fresh + ".files");
                target.Flush(flushToDisk: true);
            }

            if (!overwrites)
                // Fails if the file exists. On Unix, File.Move alone could replace a file that was created just after its check.
                PrivateFolder.CreateFile(path).Dispose();
            File.Move(fresh, path, overwrite: true);
            return manifest;
        }
        catch (UnauthorizedAccessException error)
        {
            throw Explained(error);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    /// <summary>Writes the archive to a stream.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="target">The stream.</param>
    /// <param name="staging">A folder that is created for copies of the files, and deleted afterwards.</param>
    /// <exception cref="IOException">The backup could not be created; the message says why.</exception>
    public static BackupManifest Write(FolderContents folder, Stream target, string staging)
    {
        var format = folder.Format.Check(folder.Path);
        if (!Directory.Exists(folder.Path))
            throw new IOException($"there is no data folder {folder.Path}; choose one with --data");
        PrivateFolder.Create(staging);
        try
        {
            // Files are copied first, because they may change while the program is running, and because the manifest, which contains their
            // checksums, is written before them.
            var files = Directory.GetFiles(folder.Path).Select(path => Path.GetFileName(path)!)
                .Where(folder.Accepts).Order(StringComparer.Ordinal)
                .Where(name => TryCopy(folder, name, Path.Combine(staging, name)))
                .Select(name => Describe(staging, name)).ToList();
            if (files.Count == 0)
                throw new IOException($"the data folder {folder.Path} contains no files of {folder.Format.Program}");
            var manifest = new BackupManifest(
                folder.Format.Program, folder.Format.ProgramVersion, format, DateTimeOffset.UtcNow, files);
            using var packed = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true);
            using var archive = new TarWriter(packed, TarEntryFormat.Pax);
            using (var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest)))
                Add(archive, BackupManifest.EntryName, json);
            foreach (var file in files)
            {
                using var data = File.OpenRead(Path.Combine(staging, file.Name));
                Add(archive, file.Name, data);
            }

            return manifest;
        }
        catch (UnauthorizedAccessException error)
        {
            throw Explained(error);
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    // The programs catch IOExceptions and show the messages to their users.
    private static IOException Explained(UnauthorizedAccessException error) => new(error.Message, error);

    // If an append-only file grows while it is being copied, the copy is a prefix, which the program can still read. All other files are
    // only ever replaced as a whole.
    private static bool TryCopy(FolderContents folder, string name, string target)
    {
        var source = Path.Combine(folder.Path, name);
        try
        {
            if (folder.CopyDatabase is { } copy && name.EndsWith(".db", StringComparison.Ordinal))
            {
                PrivateFolder.CreateFile(target).Dispose();
                copy(source, target);
                return true;
            }

            using var read = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var write = PrivateFolder.CreateFile(target);
            read.CopyTo(write);
            return true;
        }
        catch (FileNotFoundException)
        {
            // The file has been removed since the folder was listed.
            return false;
        }
    }

    private static BackupEntry Describe(string staging, string name)
    {
        using var file = File.OpenRead(Path.Combine(staging, name));
        return new BackupEntry(name, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
    }

    private static void Add(TarWriter archive, string name, Stream data) =>
        archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data, Mode = OwnerOnly });
}
