using TspActors.Configuration.DataFolders;

namespace TspActors.Tracker;

/// <summary>The format of a tracker's data folder.</summary>
internal static class DataFormat
{
    /// <summary>The format that this program writes, and the steps that upgrade older folders to it.</summary>
    public static readonly FolderFormat Format = FolderFormat.Of("tsp-tracker");

    /// <summary>Checks that this program supports the format of the folder in the settings, if there is one.</summary>
    /// <exception cref="FolderFormatException">The program does not support the format.</exception>
    public static void Check(TrackerSettings settings)
    {
        if ((settings.DataFolder ?? settings.KeyFolder) is { } folder)
            Format.Check(folder);
    }

    /// <summary>Returns the folder in the settings, with the files that belong in a backup.</summary>
    /// <exception cref="IOException">The settings name no folder; the message says what to do.</exception>
    public static FolderContents ContentsOf(TrackerSettings settings) => new(Format, TrackerKey.FolderOf(settings), IsKept);

    private static bool IsKept(string name) =>
        name is "key.pem" or "song-ids" or "receipt-key" or "receipt-keys" or "members" or "invitations" or FolderFormat.FileName;
}
