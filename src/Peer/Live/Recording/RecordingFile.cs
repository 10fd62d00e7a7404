using System.Globalization;
using TspActors.Peer.Saving;
using TspActors.Protocol;

namespace TspActors.Peer.Live.Recording;

/// <summary>Opens the files for recordings.</summary>
internal static class RecordingFile
{
    private const int MaxNumber = 1_000;

    /// <summary>
    /// Opens a file that the user has named. Its existing contents are kept until there is something to record, and are then replaced.
    /// </summary>
    /// <exception cref="IOException">The file cannot be created. The message is human-readable.</exception>
    public static RecordingTarget Create(string path)
    {
        if (path.Length == 0)
            throw new IOException("the file name is empty: choose one");
        path = Path.GetFullPath(path);
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder: choose a file");
        var isNew = !File.Exists(path);
        return new RecordingTarget(Open(path, FileMode.OpenOrCreate), path, null) { IsNew = isNew };
    }

    /// <summary>Opens a new file in a folder, named after the feed and the time. Its cue sheet has the same name.</summary>
    /// <exception cref="IOException">The file cannot be created. The message is human-readable.</exception>
    public static RecordingTarget CreateIn(string folder, Song feed, DateTime now)
    {
        var stamp = now.ToString("yyyy-MM-dd HHmm", CultureInfo.InvariantCulture);
        var name = SaveName.FromText($"{feed.Tags?.Title} {stamp}", $"live {feed.Id} {stamp}");
        for (var number = 1; number <= MaxNumber; number++)
        {
            var stem = Path.Combine(folder, number > 1 ? $"{name} ({number})" : name);
            if (!Path.Exists($"{stem}.mp3") && !Path.Exists($"{stem}.cue"))
                return new RecordingTarget(Open($"{stem}.mp3", FileMode.CreateNew), $"{stem}.mp3", $"{stem}.cue") { IsNew = true };
        }

        throw new IOException($"{folder} already contains {MaxNumber} files named {name}: remove some, or choose another folder");
    }

    private static FileStream Open(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.Write, FileShare.Read);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SaveFailure.Explain(error, path, path);
        }
    }
}
