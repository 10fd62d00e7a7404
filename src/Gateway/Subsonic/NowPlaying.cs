namespace TspActors.Gateway.Subsonic;

/// <summary>What clients say that they play now. Thread-safe.</summary>
internal sealed class NowPlaying(TimeProvider time)
{
    private const int MaxEntries = 100;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, NowPlayingEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>The entries that are not older than ten minutes.</summary>
    public IReadOnlyList<NowPlayingEntry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries.Values.Where(entry => time.GetUtcNow() - entry.At < Lifetime).OrderByDescending(entry => entry.At)];
        }
    }

    /// <summary>Records what a device plays.</summary>
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

/// <summary>What a device plays.</summary>
internal sealed record NowPlayingEntry(string SongId, string Device, string Client, DateTimeOffset At);
