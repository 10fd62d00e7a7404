using System.Text.Json;

namespace TspActors.Configuration.DataFolders;

/// <summary>One file in a backup.</summary>
/// <param name="Name">The name in the data folder.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="Sha256">The SHA-256 of the bytes, in hexadecimal.</param>
public sealed record BackupEntry(string Name, long Length, string Sha256);

/// <summary>The first entry in a backup, which lists the entries that follow.</summary>
/// <param name="Program">The program that the folder belongs to.</param>
/// <param name="Version">That program's version.</param>
/// <param name="Format">The folder's format.</param>
/// <param name="Time">When the backup was created.</param>
/// <param name="Files">The files, in the order of the entries that follow.</param>
public sealed record BackupManifest(string Program, string Version, int Format, DateTimeOffset Time, IReadOnlyList<BackupEntry> Files)
{
    /// <summary>The name of the manifest's own entry in the backup.</summary>
    public const string EntryName = "manifest.json";

    /// <summary>The maximum length of that entry in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The maximum number of files in a backup.</summary>
    public const int MaxFiles = 1_000;

    /// <summary>Parses a manifest, and checks that this program can restore the backup to this folder.</summary>
    /// <exception cref="IOException">The program cannot restore the backup; the message says why.</exception>
    public static BackupManifest Parse(byte[] json, FolderContents folder)
    {
        var manifest = Read(json);
        if (manifest is not { Program: not null, Version: not null, Files.Count: <= MaxFiles, Format: > 0 }
            || manifest.Files.Contains(null!))
            throw new IOException("its manifest is not valid");
        if (manifest.Program != folder.Format.Program)
            throw new IOException($"it is a backup of {DisplayText.Escape(manifest.Program)}, not of {folder.Format.Program}");
        if (manifest.Format > folder.Format.Newest)
            throw new IOException(
                $"it has format {manifest.Format}, written by {DisplayText.Escape(manifest.Version)}, but this program supports only "
                + $"formats up to {folder.Format.Newest}; install that version or a newer one");
        if (manifest.Files.FirstOrDefault(file => file.Name is null || !folder.Accepts(file.Name)) is { } foreign)
            throw new IOException($"it contains the file {DisplayText.Quote(foreign.Name ?? "")}, which does not belong in a data folder");
        if (manifest.Files.DistinctBy(file => file.Name, StringComparer.OrdinalIgnoreCase).Count() != manifest.Files.Count
            || manifest.Files.Any(file => file.Length < 0 || file.Sha256 is not { Length: 64 }))
            throw new IOException("its manifest is not valid");
        return manifest;
    }

    private static BackupManifest? Read(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<BackupManifest>(json);
        }
        catch (JsonException error)
        {
            throw new IOException("its manifest is not valid", error);
        }
    }
}
