using TspActors.Configuration.DataFolders;
using TspActors.Media.Library;

namespace TspActors.Peer.Library;

/// <summary>The format of a peer's data folder.</summary>
internal static class PeerFolder
{
    /// <summary>The format that this program writes, and the upgrade steps that lead to it.</summary>
    public static readonly FolderFormat Format = FolderFormat.Of("tsp-peer");

    // The peer's files that a backup leaves out. The others cannot be recreated.
    private static readonly string[] LeftOut = ["lock", "history", "http-cache", "http-covers", "devices.json.lock", "lost+found", "backup-before"];

    /// <summary>Checks that this program supports the format of the data folder in the settings, if there is one.</summary>
    /// <exception cref="FolderFormatException">The program does not support the format.</exception>
    public static void Check(PeerSettings settings)
    {
        if (settings.DataFolder.Length > 0)
            Format.Check(settings.DataFolder);
    }

    /// <summary>Returns the contents of a backup of the data folder in the settings.</summary>
    /// <exception cref="IOException">There is no data folder.</exception>
    public static FolderContents ContentsOf(PeerSettings settings) => settings.DataFolder.Length > 0
        ? new FolderContents(Format, settings.DataFolder, IsKept, DatabaseCopy.Copy)
        : throw new IOException("there is no data folder; choose one with --data");

    private static bool IsKept(string name) => DataFolder.IsOwn(name)
        && !LeftOut.Any(other => DataFolder.IsNamed(other, name))
        && !IsTemporary(name);

    // Database journals, files that are being written, and indexes that could not be used.
    private static bool IsTemporary(string name) => name.EndsWith("-wal", StringComparison.Ordinal)
        || name.EndsWith("-shm", StringComparison.Ordinal) || name.EndsWith("-journal", StringComparison.Ordinal)
        || name.EndsWith(".new", StringComparison.Ordinal) || name.Contains(".damaged-", StringComparison.Ordinal)
        || name.StartsWith("key.pem.", StringComparison.Ordinal);
}
