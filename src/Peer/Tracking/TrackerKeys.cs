using TspActors.Configuration;
using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Remembers each tracker's key from the first connection over TLS, as SSH does with host keys, and stores the keys in a file.
/// </summary>
/// <remarks>
/// Each line of the file contains one tracker's host:port and the id of its key. Lines are only ever appended, so several peers can use the
/// file at the same time. If a tracker has several lines, the first one counts. To accept a tracker's new key, the user deletes the
/// tracker's lines.
/// </remarks>
/// <param name="path">The file, which only this user can read; null = the keys are kept in memory only.</param>
/// <param name="warn">Called with the reason when the file cannot be read or written.</param>
internal sealed class TrackerKeys(string? path, Action<string> warn)
{
    /// <summary>The name of the file in the data folder.</summary>
    public const string FileName = "trackers";

    // A cluster has a few trackers, but a malicious tracker can name any number of others.
    private const int Most = 1_000;
    private const int LongestLine = 300;

    private readonly Dictionary<string, KeyId> _keys = [];

    // The keys that are not in the file.
    private readonly Dictionary<string, KeyId> _unsaved = [];
    private string? _fault;

    /// <summary>The file; null = there is none.</summary>
    public string? Path => path;

    /// <summary>
    /// The human-readable reason why the file cannot be read; null = it can be read. An unreadable file means that this peer does not know
    /// which keys the trackers must have.
    /// </summary>
    public string? Fault
    {
        get
        {
            Read();
            return _fault;
        }
    }

    /// <summary>Returns the key that a tracker must have; null = none is remembered.</summary>
    public KeyId? Find(TrackerAddress tracker)
    {
        // Read each time, because the user may have deleted a line, or another peer may have added one.
        Read();
        var name = NameOf(tracker);
        return _keys.TryGetValue(name, out var key) || _unsaved.TryGetValue(name, out key) ? key : null;
    }

    /// <summary>Remembers a tracker's key, unless one is already remembered.</summary>
    public void Remember(TrackerAddress tracker, KeyId key)
    {
        if (Find(tracker) is not null || _fault is not null)
            return;
        if (_keys.Count + _unsaved.Count >= Most)
        {
            warn($"the key of tracker {tracker} was not saved, because {Most} are already known; delete lines from {path}");
            return;
        }

        if (path is null)
        {
            _unsaved[NameOf(tracker)] = key;
            return;
        }

        try
        {
            PrivateFile.CreateFolder(System.IO.Path.GetDirectoryName(path)!);
            using var file = PrivateFile.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            // A line that was cut short by a full disk must not swallow this one.
            var line = (EndsInLine() ? "" : "\n") + $"{NameOf(tracker)} {key}\n";
            file.Write(System.Text.Encoding.UTF8.GetBytes(line));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _unsaved[NameOf(tracker)] = key;
            warn($"the key of tracker {tracker} could not be saved in {path}: {error.Message}");
        }
    }

    private static string NameOf(TrackerAddress tracker) => $"{tracker}".ToLowerInvariant();

    private void Read()
    {
        if (path is null)
            return;
        try
        {
            if (!File.Exists(path))
            {
                _keys.Clear();
                _fault = null;
                return;
            }

            if (new FileInfo(path).Length > (long)Most * LongestLine)
                throw new IOException($"it is longer than {Most * LongestLine} bytes");
            var lines = File.ReadAllLines(path);
            _fault = null;
            _keys.Clear();
            foreach (var line in lines)
            {
                if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, var hex] && KeyId.TryParse(hex, out var key)
                    && HostPort.TryParse(name, null, out _))
                    _keys.TryAdd(name.ToLowerInvariant(), key);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var fault = $"the keys of known trackers in {path} cannot be read: {error.Message}";
            if (fault != _fault)
                warn(fault);
            _fault = fault;
        }
    }

    private bool EndsInLine()
    {
        using var file = new FileStream(path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0)
            return true;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }
}
