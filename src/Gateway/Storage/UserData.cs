using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Storage;

/// <summary>The owner's data, in memory and in the database. A change is written to the database before it appears in memory.</summary>
internal sealed class UserData : IUserData
{
    private const string PlaylistPrefix = "pl-";
    private const int MaxText = 2_000;

    private readonly Lock _lock = new();
    private readonly GatewayDatabase _database;
    private readonly GatewayLimits _limits;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Marks> _marks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Playlist> _playlists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Bookmark> _bookmarks = new(StringComparer.Ordinal);
    private PlayQueue? _queue;
    private long _version = 1;

    public UserData(GatewayDatabase database, GatewayLimits limits, TimeProvider time)
    {
        (_database, _limits, _time) = (database, limits, time);
        foreach (var (id, marks) in database.Read("SELECT id, starred, rating, plays, played FROM marks", row => (row.GetString(0), new Marks(
            Time(row.IsDBNull(1) ? null : row.GetInt64(1)), row.GetInt32(2), row.GetInt32(3),
                Time(row.IsDBNull(4) ? null : row.GetInt64(4))))))
            _marks[id] = marks;
        foreach (var playlist in database.Read("SELECT playlist FROM playlists", row => Parse<Playlist>(row.GetString(0))).Where(IsWhole))
            _playlists[playlist!.Id] = playlist;
        foreach (var bookmark in database.Read("SELECT bookmark FROM bookmarks", row => Parse<Bookmark>(row.GetString(0))))
        {
            if (bookmark is { SongId: not null, Comment: not null })
                _bookmarks[bookmark.SongId] = bookmark;
        }

        if (database.Read("SELECT value FROM state WHERE key = 'queue'", row => Parse<PlayQueue>(row.GetString(0)))
            is [{ SongIds: not null, ChangedBy: not null } queue] && !queue.SongIds.Contains(null!))
            _queue = queue.CurrentIndex >= 0 && queue.CurrentIndex < queue.SongIds.Count ? queue : queue with { CurrentIndex = null };
    }

    /// <inheritdoc/>
    public long Version => Interlocked.Read(ref _version);

    /// <inheritdoc/>
    public IReadOnlyList<Playlist> Playlists
    {
        get
        {
            lock (_lock)
                return [.. _playlists.Values.OrderBy(playlist => playlist.Name, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(playlist => playlist.Id, StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc/>
    public PlayQueue? Queue
    {
        get
        {
            lock (_lock)
                return _queue;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Bookmark> Bookmarks
    {
        get
        {
            lock (_lock)
                return [.. _bookmarks.Values.OrderByDescending(bookmark => bookmark.Changed)];
        }
    }

    /// <inheritdoc/>
    public Marks MarksOf(string id)
    {
        lock (_lock)
            return _marks.GetValueOrDefault(id);
    }

    /// <inheritdoc/>
    public void Star(IReadOnlyList<string> ids, DateTimeOffset at) => Mark(ids, marks => marks with { Starred = Whole(at) });

    /// <inheritdoc/>
    public void Unstar(IReadOnlyList<string> ids) => Mark(ids, marks => marks with { Starred = null });

    /// <inheritdoc/>
    public void Rate(string id, int rating)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rating);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rating, 5);
        Mark([id], marks => marks with { Rating = rating });
    }

    /// <inheritdoc/>
    public void CountPlays(IReadOnlyList<Play> plays)
    {
        lock (_lock)
        {
            var changed = new Dictionary<string, Marks>(StringComparer.Ordinal);
            foreach (var (id, at) in plays.SelectMany(play => new[] { (play.SongId, play.At), (play.AlbumId, play.At) }))
            {
                var marks = changed.TryGetValue(id, out var counted) ? counted : _marks.GetValueOrDefault(id);
                // Players may report offline plays late, and in any order.
                var played = marks.Played > at ? marks.Played : Whole(at);
                changed[id] = marks with { PlayCount = marks.PlayCount + 1, Played = played };
            }

            Write(changed);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Starred(string prefix) =>
        Ids(prefix, marks => marks.Starred is not null, marks => marks.Starred!.Value.ToUnixTimeSeconds());

    /// <inheritdoc/>
    public IReadOnlyList<string> HighestRatedAlbums() => Ids(LibraryIds.AlbumPrefix, marks => marks.Rating > 0, marks => marks.Rating);

    /// <inheritdoc/>
    public IReadOnlyList<string> FrequentAlbums() => Ids(LibraryIds.AlbumPrefix, marks => marks.PlayCount > 0, marks => marks.PlayCount);

    /// <inheritdoc/>
    public IReadOnlyList<string> RecentAlbums() =>
        Ids(LibraryIds.AlbumPrefix, marks => marks.Played is not null, marks => marks.Played!.Value.ToUnixTimeSeconds());

    /// <inheritdoc/>
    public Playlist? FindPlaylist(string id)
    {
        lock (_lock)
            return _playlists.GetValueOrDefault(id);
    }

    /// <inheritdoc/>
    public Playlist CreatePlaylist(string name, IReadOnlyList<PlaylistEntry> entries)
    {
        CheckEntries(entries.Count);
        var now = Whole(_time.GetUtcNow());
        var playlist = new Playlist(
            PlaylistPrefix + Base32.Encode(RandomNumberGenerator.GetBytes(10)), Text(name), "", false, now, now, entries);
        lock (_lock)
        {
            if (_playlists.Count >= _limits.MaxPlaylists)
                throw new UserDataFullException(
                    $"there can be at most {_limits.MaxPlaylists} playlists; delete one, or raise tsp.peer.http.limits.max-playlists");
            Save(playlist);
        }

        return playlist;
    }

    /// <inheritdoc/>
    public Playlist? ChangePlaylist(
        string id, string? name = null, string? comment = null, bool? isPublic = null,
        Func<IReadOnlyList<PlaylistEntry>, IReadOnlyList<PlaylistEntry>>? entries = null)
    {
        lock (_lock)
        {
            if (!_playlists.TryGetValue(id, out var playlist))
                return null;
            var changed = entries?.Invoke(playlist.Entries);
            CheckEntries(changed?.Count ?? 0);
            playlist = playlist with
            {
                Name = name is null ? playlist.Name : Text(name),
                Comment = comment is null ? playlist.Comment : Text(comment),
                IsPublic = isPublic ?? playlist.IsPublic,
                Entries = changed ?? playlist.Entries,
                Changed = Whole(_time.GetUtcNow()),
            };
            Save(playlist);
            return playlist;
        }
    }

    /// <inheritdoc/>
    public bool DeletePlaylist(string id)
    {
        lock (_lock)
        {
            if (!_playlists.ContainsKey(id))
                return false;
            _database.Execute("DELETE FROM playlists WHERE id = $id", ("$id", id));
            _playlists.Remove(id);
            _version++;
            return true;
        }
    }

    /// <inheritdoc/>
    public void SaveQueue(PlayQueue? queue)
    {
        CheckEntries(queue?.SongIds.Count ?? 0);
        lock (_lock)
        {
            if (queue is null)
                _database.Execute("DELETE FROM state WHERE key = 'queue'");
            else
                _database.Execute(
                    "INSERT OR REPLACE INTO state (key, value) VALUES ('queue', $value)", ("$value", JsonSerializer.Serialize(queue)));
            _queue = queue;
            _version++;
        }
    }

    /// <inheritdoc/>
    public void SaveBookmark(Bookmark bookmark)
    {
        lock (_lock)
        {
            if (_bookmarks.Count >= _limits.MaxBookmarks && !_bookmarks.ContainsKey(bookmark.SongId))
                throw new UserDataFullException(
                    $"there can be at most {_limits.MaxBookmarks} bookmarks; delete one, or raise tsp.peer.http.limits.max-bookmarks");
            bookmark = bookmark with { Comment = Text(bookmark.Comment) };
            _database.Execute(
                "INSERT OR REPLACE INTO bookmarks (song, bookmark) VALUES ($song, $bookmark)",
                ("$song", bookmark.SongId), ("$bookmark", JsonSerializer.Serialize(bookmark)));
            _bookmarks[bookmark.SongId] = bookmark;
            _version++;
        }
    }

    /// <inheritdoc/>
    public void DeleteBookmark(string songId)
    {
        lock (_lock)
        {
            _database.Execute("DELETE FROM bookmarks WHERE song = $song", ("$song", songId));
            if (_bookmarks.Remove(songId))
                _version++;
        }
    }

    private void Mark(IReadOnlyList<string> ids, Func<Marks, Marks> change)
    {
        lock (_lock)
        {
            Write(ids.Distinct(StringComparer.Ordinal).ToDictionary(
                id => id, id => change(_marks.GetValueOrDefault(id)), StringComparer.Ordinal));
        }
    }

    // All changes are written in one transaction, because each transaction waits for the disk.
    private void Write(Dictionary<string, Marks> changed)
    {
        if (changed.Count == 0)
            return;
        if (_marks.Count + changed.Keys.Count(id => !_marks.ContainsKey(id)) > _limits.MaxMarks)
            throw new UserDataFullException(
                $"there can be at most {_limits.MaxMarks} stars, ratings and play counts; "
                + "remove some, or raise tsp.peer.http.limits.max-marks");
        _database.Transact(run =>
        {
            foreach (var (id, marks) in changed)
            {
                if (marks == default)
                    run("DELETE FROM marks WHERE id = $id", [("$id", id)]);
                else
                    run("INSERT OR REPLACE INTO marks (id, starred, rating, plays, played) VALUES ($id, $starred, $rating, $plays, $played)",
                        [("$id", id), ("$starred", marks.Starred?.ToUnixTimeSeconds()), ("$rating", marks.Rating), ("$plays", marks.PlayCount),
                        ("$played", marks.Played?.ToUnixTimeSeconds())]);
            }
        });
        foreach (var (id, marks) in changed)
        {
            if (marks == default)
                _marks.Remove(id);
            else
                _marks[id] = marks;
        }

        _version++;
    }

    private IReadOnlyList<string> Ids(string prefix, Func<Marks, bool> isWanted, Func<Marks, long> order)
    {
        lock (_lock)
        {
            return
            [
                .. _marks.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal) && isWanted(entry.Value))
                    .OrderByDescending(entry => order(entry.Value)).ThenBy(entry => entry.Key, StringComparer.Ordinal)
                        .Select(entry => entry.Key),
            ];
        }
    }

    private void Save(Playlist playlist)
    {
        _database.Execute(
            "INSERT OR REPLACE INTO playlists (id, playlist) VALUES ($id, $playlist)",
            ("$id", playlist.Id), ("$playlist", JsonSerializer.Serialize(playlist)));
        _playlists[playlist.Id] = playlist;
        _version++;
    }

    private void CheckEntries(int count)
    {
        if (count > _limits.MaxPlaylistSongs)
            throw new UserDataFullException(string.Create(
                CultureInfo.InvariantCulture,
                $"a list may have at most {_limits.MaxPlaylistSongs} songs, not {count} (tsp.peer.http.limits.max-playlist-songs)"));
    }

    private static string Text(string text) => ShownText.Clean(text, MaxText);

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static DateTimeOffset? Time(long? seconds) => seconds is { } known ? DateTimeOffset.FromUnixTimeSeconds(known) : null;

    // Values that are missing from the JSON are null.
    private static bool IsWhole(Playlist? playlist) => playlist is { Id: not null, Name: not null, Comment: not null, Entries: not null }
        && playlist.Entries.All(entry => entry is { SongId: not null, Title: not null, Artist: not null, Album: not null });

    // A row that is not valid JSON, for example because another program has changed it, is left out.
    private static T? Parse<T>(string json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
