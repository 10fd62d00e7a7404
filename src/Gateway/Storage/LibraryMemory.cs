using System.Threading.Channels;
using Akka.Event;
using TspActors.Gateway.Library;
using TspActors.Protocol;

namespace TspActors.Gateway.Storage;

/// <summary>Stores the library's memory in the database. One background task writes the changes in batches.</summary>
internal sealed class LibraryMemory : ILibraryMemory, IAsyncDisposable
{
    private const int MaxQueued = 10_000;
    private const int MaxBatch = 1_000;

    private readonly GatewayDatabase _database;
    private readonly ILoggingAdapter _log;

    // A batch of songs is one item. If the disk cannot keep up, the oldest changes are dropped, which only makes dates less exact.
    private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(
        new BoundedChannelOptions(MaxQueued) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Task _writing;

    public LibraryMemory(GatewayDatabase database, ILoggingAdapter log)
    {
        (_database, _log) = (database, log);
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public IEnumerable<RememberedSong> ReadSongs() => _database.Read(
        "SELECT hash, first_seen, facts, away_since FROM songs WHERE length(hash) = 32 ORDER BY away_since", row => new RememberedSong(
            new ContentHash(row.GetFieldValue<byte[]>(0)), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(1)),
            row.IsDBNull(2) ? null : Song.Parser.ParseFrom(row.GetFieldValue<byte[]>(2)),
            row.IsDBNull(3) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(3))));

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string>> ReadGroupings() => _database.Read(
        "SELECT album, decision FROM groupings", row => KeyValuePair.Create(row.GetString(0), row.GetString(1)));

    /// <inheritdoc/>
    public DateTimeOffset? ReadArtistsModified() => _database.Read(
        "SELECT value FROM state WHERE key = 'artists-modified'",
        row => long.TryParse(row.GetString(0), out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : (DateTimeOffset?)null)
        is [var at] ? at : null;

    /// <inheritdoc/>
    public void Seen(IReadOnlyList<(ContentHash Hash, DateTimeOffset At)> songs) => Enqueue(run =>
    {
        foreach (var (hash, at) in songs)
            run("INSERT OR IGNORE INTO songs (hash, first_seen) VALUES ($hash, $at)", [("$hash", hash.ToArray()), ("$at", at.ToUnixTimeSeconds())]);
    });

    /// <inheritdoc/>
    public void Away(Song song, DateTimeOffset at) => Enqueue(run => run(
        "UPDATE songs SET facts = $facts, away_since = $at WHERE hash = $hash",
        [("$hash", song.ContentHash.ToByteArray()), ("$facts", Google.Protobuf.MessageExtensions.ToByteArray(song)), ("$at", at.ToUnixTimeSeconds())]));

    /// <inheritdoc/>
    public void Back(ContentHash hash) =>
        Enqueue(run => run("UPDATE songs SET facts = NULL, away_since = NULL WHERE hash = $hash", [("$hash", hash.ToArray())]));

    /// <inheritdoc/>
    public void Forget(IReadOnlyList<ContentHash> songs) => Enqueue(run =>
    {
        foreach (var hash in songs)
            run("DELETE FROM songs WHERE hash = $hash", [("$hash", hash.ToArray())]);
    });

    /// <inheritdoc/>
    public void Ungroup(IReadOnlyList<string> albumKeys) => Enqueue(run =>
    {
        foreach (var key in albumKeys)
            run("DELETE FROM groupings WHERE album = $album", [("$album", key)]);
    });

    /// <inheritdoc/>
    public void Grouped(string albumKey, string artistKey) => Enqueue(run => run(
        "INSERT OR REPLACE INTO groupings (album, decision) VALUES ($album, $decision)", [("$album", albumKey), ("$decision", artistKey)]));

    /// <inheritdoc/>
    public void ArtistsModified(DateTimeOffset at) => Enqueue(run => run(
        "INSERT OR REPLACE INTO state (key, value) VALUES ('artists-modified', $at)",
        [("$at", at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture))]));

    /// <summary>Writes the queued changes, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private void Enqueue(Change change) => _changes.Writer.TryWrite(change);

    private async Task WriteAsync()
    {
        var isFailing = false;
        while (await _changes.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var batch = new List<Change>();
            while (batch.Count < MaxBatch && _changes.Reader.TryRead(out var change))
                batch.Add(change);
            try
            {
                _database.Transact(run => batch.ForEach(change => change(run)));
                isFailing = false;
            }
            catch (IOException error)
            {
                if (!isFailing)
                    _log.Warning("The gateway could not record when it first saw songs: {0}", error.Message);
                isFailing = true;
            }
        }
    }

    private delegate void Change(Action<string, (string Name, object? Value)[]> run);
}
