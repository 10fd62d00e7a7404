using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The file with the trackers that this peer has joined by invitation, newest first, one per line.</summary>
/// <remarks>Lines that cannot be read are dropped the next time the file is written.</remarks>
/// <param name="path">The file. Only this user can read it.</param>
internal sealed class JoinedTrackers(string path)
{
    /// <summary>The maximum number of trackers. The oldest ones are dropped.</summary>
    public const int Most = 32;

    private const int MaxBytes = 64 * 1024;

    /// <summary>Reads the trackers, newest first. Returns none if there is no file.</summary>
    /// <exception cref="IOException">The file cannot be read. The message includes its path.</exception>
    public List<PinnedTracker> Read()
    {
        var trackers = new List<PinnedTracker>();
        try
        {
            if (!Path.Exists(path))
                return trackers;
            if (new FileInfo(path).Length > MaxBytes)
                throw new IOException("it is longer than 64 KiB; move it aside");
            foreach (var line in File.ReadLines(path))
            {
                if (trackers.Count < Most && PinnedTracker.TryParse(line.Trim(), out var tracker, out _))
                    trackers.Add(tracker);
            }

            return trackers;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Puts a tracker first. An older entry with the same address or the same key is replaced.</summary>
    /// <exception cref="IOException">The file cannot be read or written. The message includes its path.</exception>
    public void Add(PinnedTracker tracker)
    {
        ArgumentNullException.ThrowIfNull(tracker);
        var others = Read().Where(other => other.Key != tracker.Key && !IsSamePlace(other, tracker));
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
                PrivateFile.CreateFolder(folder);
            PrivateFile.Replace(path, string.Concat(others.Prepend(tracker).Take(Most).Select(joined => $"{joined}\n")));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path} cannot be written: {error.Message}", error);
        }
    }

    private static bool IsSamePlace(PinnedTracker one, PinnedTracker other) =>
        one.Port == other.Port && string.Equals(one.Host, other.Host, StringComparison.OrdinalIgnoreCase);
}
