namespace TspActors.Gateway.Subsonic;

/// <summary>The songs that clients say they are playing. Thread-safe.</summary>
internal sealed class NowPlaying(TimeProvider time)
{
    private const int MaxEntries = 100;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, NowPlayingEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>The entries from the last ten minutes, newest first.</summary>
    public IReadOnlyList<NowPlayingEntry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries.Values.Where(entry => time.GetUtcNow() - entry.At < Lifetime).OrderByDescending(entry => entry.At)];
        }
    }

    /// <summary>Records the song that a device is playing.</summary>
    public void Plays(string device, string client, string songId)
    {
        lock (_lock)
        {
            if (_entries.Count >= MaxEntries)
                _entries.Remove(_entries.MinBy(entry => entry.Value.At).Key);
            _entries[device] = new NowPlayingEntry(songId, device, client, time.GetUtcNow());
        }
    }
}

/// <summary>The song that a device is playing.</summary>
internal sealed record NowPlayingEntry(string SongId, string Device, string Client, DateTimeOffset At);
