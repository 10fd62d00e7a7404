using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Gateway.Library;

/// <summary>Applies changes in the catalog to the tables: places songs on albums, and keeps counts and sorted lists up to date.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class LibraryWriter(
    LibraryTables tables, LibraryViews views, GatewayLibrarySettings settings, ILibraryMemory memory, TimeProvider time,
    MemoryLimits limits)
{
    // A larger album is summarized only when an eighth of it has changed, or after a while, because summarizing it means reading all of
    // its songs.
    private const int SmallAlbum = 64;
    private const int LargeAlbumPart = 8;
    private const int LargeAlbumSongsPerSecond = 20_000;

    private const int SongsPerTick = 50_000;

    // The maximum number of songs that one call to Settle reads, not counting the last album.
    private const int SongsPerSettling = 4_000;

    // The maximum number of songs to forget in one tick.
    private const int MostForgotten = 200;

    // The maximum number of remembered songs and decisions to delete in one tick.
    private const int MostDeleted = 5_000;

    private readonly Dictionary<string, AlbumGroup> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _groupings = new(memory.ReadGroupings(), StringComparer.Ordinal);
    private readonly FormerSongs _remembered = new(limits.FormerSongs);
    private readonly Queue<string> _unusedGroupings = new();
    private readonly Queue<AlbumNode> _dirty = new();
    private readonly Queue<AlbumNode> _large = new();
    private readonly Queue<AwaySong> _leaving = new();
    private readonly Queue<AwaySong> _away = new();
    private readonly List<(ContentHash Hash, DateTimeOffset At)> _new = [];
    private bool _hasListed;

    /// <summary>The number of songs that lists show.</summary>
    public int ShownSongs { get; private set; }

    /// <summary>When the set of album artists last changed.</summary>
    public DateTimeOffset ArtistsModified { get; private set; } =
        memory.ReadArtistsModified() ?? DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    private uint Now => (uint)time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Restores the remembered data: first-seen dates, and songs that are away.</summary>
    public void Restore()
    {
        foreach (var song in memory.ReadSongs())
        {
            var seen = (uint)Math.Clamp(song.FirstSeen.ToUnixTimeSeconds(), 1, uint.MaxValue);
            _remembered.Add(song.Hash, seen);
            if (song is not { Away: { } facts, AwaySince: { } since } || tables.Find(song.Hash) is not null)
                continue;
            var entry = Create(song.Hash);
            Describe(entry, facts);
            entry.Row.AwaySince = (uint)Math.Clamp(since.ToUnixTimeSeconds(), 1, uint.MaxValue);
            _away.Enqueue(new AwaySong(entry.Ordinal, entry.Row.AwaySince));
        }

        while (Settle())
        {
        }
    }

    /// <summary>Adds or changes a song.</summary>
    /// <param name="song">The song as the tracker describes it.</param>
    /// <param name="listing">The number of the listing in progress, or of the last one if none is in progress.</param>
    public void Apply(Song song, int listing)
    {
        if (song.Live || song.Id <= 0 || song.ContentHash.Length != ContentHash.Size
            || song.Format is not { PayloadBytes: > 0 and <= long.MaxValue })
            return;
        if (song.Hosts.Count == 0)
        {
            Remove(song.Id);
            return;
        }

        var hash = new ContentHash(song.ContentHash.Span);
        var entry = tables.Find(hash) ?? Create(hash);
        entry.Row.Listing = (ushort)listing;
        if (tables.SetTrackerId(entry, song.Id) is { } former && former != entry)
            Left(former);
        if (entry.Row is { AwaySince: > 0, IsListed: false })
            memory.Back(hash);
        (entry.Row.AwaySince, entry.Row.Hosts) = (0, (ushort)Math.Min(song.Hosts.Count, ushort.MaxValue));
        entry.SetListed(true);
        tables.Peers.SetHosts(entry.Ordinal, song.Hosts);
        Describe(entry, song);
        // Encodings are not compared on a large album, so its songs can be counted before the album is summarized.
        if (entry.Album.SongOrdinals.Count > AlbumSummary.MostCompared && entry.IsShown != entry.Row.IsCounted)
            Count(entry, entry.IsShown);
    }

    /// <summary>Records that a song no longer has a host.</summary>
    public void Remove(int trackerId)
    {
        if (tables.FindByTrackerId(trackerId) is not { } song)
            return;
        tables.SetTrackerId(song, 0);
        Left(song);
    }

    /// <summary>Records that the songs missing from the last listing no longer have a host.</summary>
    public void EndListing(int listing)
    {
        for (var song = 0; song < tables.Songs.Length; song++)
        {
            ref var row = ref tables.Songs[song];
            if (row.TrackerId > 0 && row.Listing != (ushort)listing)
                Remove(row.TrackerId);
        }

        // At startup, this contained every song that the peer had ever seen. Songs that appear in a listing are removed, so it may be much
        // smaller now.
        _remembered.TrimExcess();
        if (_hasListed)
            return;
        _hasListed = true;
        foreach (var key in _groupings.Keys.Where(key => !_groups.ContainsKey(key)).Take(_groupings.Count - limits.Groupings))
            _unusedGroupings.Enqueue(key);
    }

    /// <summary>Removes songs from the lists when they have been away for a while, and forgets them when they have been away for a long
    /// time.</summary>
    /// <returns>Whether anything has changed.</returns>
    public bool Tick()
    {
        var now = Now;
        var hasChanged = false;
        while (_leaving.TryPeek(out var next) && now - next.Since >= settings.AwayGrace.TotalSeconds)
        {
            _leaving.Dequeue();
            var song = tables.Song(next.Song);
            if (song.Row.AwaySince != next.Since || song.TrackerId > 0 || !song.Row.IsListed)
                continue;
            hasChanged = true;
            song.SetListed(false);
            MarkChanged(song.Album);
            _away.Enqueue(next);
            memory.Away(FactsOf(song), DateTimeOffset.FromUnixTimeSeconds(next.Since));
        }

        for (var forgotten = 0; forgotten < MostForgotten && _away.TryPeek(out var oldest)
            && (_away.Count > settings.MaxAway || now - oldest.Since >= TimeSpan.FromDays(settings.AwayDays).TotalSeconds); forgotten++)
        {
            _away.Dequeue();
            var song = tables.Song(oldest.Song);
            if (song.Row.IsListed || song.Row.IsForgotten || song.Row.AwaySince != oldest.Since)
                continue;
            _remembered.Add(song.Hash, song.Row.FirstSeen);
            memory.Back(song.Hash);
            Displace(song);
            tables.Remove(song);
        }

        LimitMemory();
        EnqueueLarge(now);
        return hasChanged || _dirty.Count > 0;
    }

    // Does nothing until the first listing is complete, because songs and albums that have not been listed yet would appear to be gone.
    private void LimitMemory()
    {
        if (!_hasListed)
            return;
        if (_remembered.Forget(MostDeleted) is { Count: > 0 } songs)
            memory.Forget(songs);
        var unused = new List<string>();
        while (unused.Count < MostDeleted && _unusedGroupings.TryDequeue(out var key))
        {
            if (!_groups.ContainsKey(key) && _groupings.Remove(key))
                unused.Add(key);
        }

        if (unused.Count > 0)
            memory.Ungroup(unused);
    }

    /// <summary>Compacts the tables if enough has been forgotten to make it worthwhile.</summary>
    /// <returns>The new ordinals; null = the tables were not compacted.</returns>
    public Renumbering? Compact()
    {
        if (!tables.IsSparse || _dirty.Count > 0)
            return null;
        // An album without songs has already been summarized, but may still be in this queue.
        Refill(_large, _large.Where(album => album.SongOrdinals.Count > 0));
        var numbers = tables.Compact();
        views.Reset();
        foreach (var group in _groups.Values)
            group.Renumber(numbers);
        Refill(_leaving, Renumbered(_leaving));
        Refill(_away, Renumbered(_away));
        return numbers;

        IEnumerable<AwaySong> Renumbered(Queue<AwaySong> songs) =>
            songs.Where(song => numbers.Songs[song.Song] >= 0).Select(song => song with { Song = numbers.Songs[song.Song] });
    }

    /// <summary>Updates some of the changed albums, with their counts and lists, after a batch of changes.</summary>
    /// <returns>Whether more albums are waiting.</returns>
    public bool Settle()
    {
        if (_new.Count > 0)
        {
            memory.Seen([.. _new]);
            _new.Clear();
        }

        var left = SongsPerSettling;
        while (left > 0 && _dirty.TryDequeue(out var album))
        {
            left -= Math.Max(1, album.SongOrdinals.Count);
            (album.Pending, album.SettledAt, album.IsQueued) = (0, Now, false);
            Settle(album);
        }

        return _dirty.Count > 0;
    }

    private void MarkChanged(AlbumNode album)
    {
        album.Pending++;
        if (album.SongOrdinals.Count <= SmallAlbum || album.Pending >= album.SongOrdinals.Count / LargeAlbumPart)
        {
            Enqueue(album);
        }
        else if (!album.IsWaiting)
        {
            album.IsWaiting = true;
            _large.Enqueue(album);
        }
    }

    // With many changes, large albums are queued round-robin.
    private void EnqueueLarge(uint now)
    {
        var songs = SongsPerTick;
        for (var waiting = _large.Count; waiting > 0 && songs > 0; waiting--)
        {
            var album = _large.Dequeue();
            album.IsWaiting = false;
            if (album.Pending == 0)
                continue;
            if (now - album.SettledAt < album.SongOrdinals.Count / LargeAlbumSongsPerSecond)
            {
                album.IsWaiting = true;
                _large.Enqueue(album);
                continue;
            }

            songs -= album.SongOrdinals.Count;
            Enqueue(album);
        }
    }

    private void Enqueue(AlbumNode album)
    {
        if (!album.IsQueued)
            _dirty.Enqueue(album);
        album.IsQueued = true;
    }

    private void Settle(AlbumNode album)
    {
        var former = album.Summary;
        var artist = album.Artist;
        album.Summary = AlbumSummary.Of(album.Songs, tables.Covers, settings.AllEncodings);
        foreach (var song in album.Songs)
        {
            if (song.IsShown != song.Row.IsCounted)
                Count(song, song.IsShown);
        }

        if (former != album.Summary)
            views.Changed(album);
        if (former.Shown > 0 == album.IsShown)
            return;
        var wasShown = artist.ShownAlbums > 0;
        artist.ShownAlbums += album.IsShown ? 1 : -1;
        tables.ShownAlbums += album.IsShown ? 1 : -1;
        views.Changed(artist);
        if (wasShown != artist.ShownAlbums > 0)
        {
            tables.ShownArtists += wasShown ? -1 : 1;
            ArtistsModified = DateTimeOffset.FromUnixTimeSeconds(Math.Max(Now, ArtistsModified.ToUnixTimeSeconds()));
            memory.ArtistsModified(ArtistsModified);
        }
    }

    private void Count(SongEntry song, bool isShown)
    {
        var change = isShown ? 1 : -1;
        tables.Songs.SetCounted(song.Ordinal, isShown);
        ShownSongs += change;
        song.Artist.ShownSongs += change;
        if (song.Genre is { } genre)
            genre.Shown += change;
        views.Changed(song);
    }

    private SongEntry Create(ContentHash hash)
    {
        if (_remembered.Remove(hash, out var seen))
            return tables.Add(hash, seen);
        var now = Now;
        _new.Add((hash, DateTimeOffset.FromUnixTimeSeconds(now)));
        return tables.Add(hash, now);
    }

    private void Left(SongEntry song)
    {
        (song.Row.AwaySince, song.Row.Hosts) = (Math.Max(1, Now), 0);
        tables.Peers.Clear(song.Ordinal);
        MarkChanged(song.Album);
        _leaving.Enqueue(new AwaySong(song.Ordinal, song.Row.AwaySince));
    }

    private void Describe(SongEntry entry, Song song)
    {
        var (tags, format) = (song.Tags ?? new SongTags(), song.Format);
        var title = ShownText.Clean(tags.Title) is { Length: > 0 } shown ? shown : "[Untitled]";
        var artist = ArtistOf(tags.Artist, ArtistNames.Unknown);
        var albumArtist = ShownText.Clean(tags.AlbumArtist).Length > 0 ? ArtistOf(tags.AlbumArtist, "") : null;
        var album = ShownText.Clean(tags.Album);
        var genre = ShownText.Clean(tags.Genre) is { Length: > 0 } name ? tables.GenreOf(TextKey.Of(name), name) : null;
        ref var row = ref entry.Row;
        var isNew = row.Album < 0;
        if (isNew || entry.Artist != artist || entry.TaggedAlbumArtist != albumArtist || entry.Genre != genre
            || !string.Equals(row.AlbumName, album, StringComparison.Ordinal))
        {
            if (!isNew)
                Displace(entry);
            (row.Artist, row.TaggedAlbumArtist, row.AlbumName, row.Genre) =
                (artist.Ordinal, albumArtist?.Ordinal ?? -1, album, genre?.Ordinal ?? -1);
            tables.Lists.Add(ref artist.SongOrdinals, entry.Ordinal);
            if (genre is not null)
                tables.Lists.Add(ref genre.SongOrdinals, entry.Ordinal);
            Place(entry, joinsGroup: true);
        }

        if (!string.Equals(row.Title, title, StringComparison.Ordinal))
        {
            if (!isNew)
                tables.Words.RemoveSong(SearchText.Fold(row.Title), entry.Ordinal);
            row.Title = title;
            tables.Words.AddSong(SearchText.Fold(title), entry.Ordinal);
            views.Changed(entry);
        }

        tables.SetCover(entry, tags.Cover.Length == ContentHash.Size ? new ContentHash(tags.Cover.Span) : null);
        row.Size = (long)format.PayloadBytes;
        row.DurationMs = (int)Math.Min(format.DurationMs, int.MaxValue);
        row.BitrateBps = (int)Math.Min(format.BitrateBps, int.MaxValue);
        row.SampleRateHz = (int)Math.Min(format.SampleRateHz, int.MaxValue);
        row.Channels = (byte)Math.Min(format.Channels, byte.MaxValue);
        row.IsVbr = format.Vbr;
        row.Gain = ReplayGainValues.Read(format);
        row.Track = (ushort)Math.Min(tags.Track, ushort.MaxValue);
        row.Disc = (ushort)Math.Min(tags.Disc, ushort.MaxValue);
        row.Year = (ushort)(tags.Year <= 9_999 ? tags.Year : 0);
        MarkChanged(entry.Album);
    }

    private ArtistNode ArtistOf(string tag, string otherwise)
    {
        var name = ShownText.Clean(tag) is { Length: > 0 } shown ? shown : otherwise;
        return tables.ArtistOf(TextKey.Of(name), name);
    }

    // Puts a song on its album.
    private void Place(SongEntry song, bool joinsGroup)
    {
        var albumName = song.Row.AlbumName;
        var key = TextKey.Of(albumName);
        if (key.Length == 0)
            PutOn(song, song.Artist, "", ArtistNames.NoAlbum);
        else if (song.TaggedAlbumArtist is { } tagged)
            PutOn(song, ArtistNames.IsVarious(tagged.Key) ? VariousArtists() : tagged, key, albumName);
        else
            PlaceInGroup(song, key, joinsGroup);
    }

    private void PlaceInGroup(SongEntry song, string key, bool joins)
    {
        if (!_groups.TryGetValue(key, out var group))
            _groups.Add(key, group = new AlbumGroup(tables, _groupings.GetValueOrDefault(key)));
        var former = group.Decision;
        var moves = joins && group.Add(song);
        PutOn(song, group.IsVarious ? VariousArtists() : PrimaryOf(song), key, song.Row.AlbumName);
        if (group.Decision is { } decision && decision != former)
            memory.Grouped(key, decision);
        if (!moves)
            return;
        foreach (var other in group.Songs.Where(other => other != song).ToList())
        {
            TakeOff(other);
            Place(other, joinsGroup: false);
        }
    }

    private ArtistNode VariousArtists() => tables.ArtistOf(ArtistNames.VariousKey, ArtistNames.Various);

    private ArtistNode PrimaryOf(SongEntry song)
    {
        var key = ArtistNames.Primary(song.Artist.Key);
        return key.Length == song.Artist.Key.Length
            ? song.Artist
            : tables.ArtistOf(key, song.Artist.Name[..Math.Min(key.Length, song.Artist.Name.Length)].TrimEnd());
    }

    private void PutOn(SongEntry song, ArtistNode artist, string key, string name)
    {
        var album = tables.AlbumOf(artist, key, name);
        song.Row.Album = album.Ordinal;
        tables.Lists.Add(ref album.SongOrdinals, song.Ordinal);
        MarkChanged(album);
    }

    private void TakeOff(SongEntry song)
    {
        tables.Lists.Remove(ref song.Album.SongOrdinals, song.Ordinal);
        MarkChanged(song.Album);
    }

    // Removes a song from its album, artist, genre and group.
    private void Displace(SongEntry song)
    {
        if (song.Row.IsCounted)
            Count(song, false);
        TakeOff(song);
        tables.Lists.Remove(ref song.Artist.SongOrdinals, song.Ordinal);
        if (song.Genre is { } genre)
            tables.Lists.Remove(ref genre.SongOrdinals, song.Ordinal);
        if (song.TaggedAlbumArtist is null && _groups.TryGetValue(TextKey.Of(song.Row.AlbumName), out var group))
            group.Remove(song);
    }

    private static void Refill<T>(Queue<T> queue, IEnumerable<T> items)
    {
        var kept = items.ToList();
        queue.Clear();
        kept.ForEach(queue.Enqueue);
    }

    private static Song FactsOf(SongEntry song)
    {
        var facts = TagsOf(song);
        song.Row.Gain.Write(facts.Format);
        return facts;
    }

    private static Song TagsOf(SongEntry song) => new()
    {
        ContentHash = Google.Protobuf.ByteString.CopyFrom(song.Hash.ToArray()),
        Tags = new SongTags
        {
            Title = song.Title,
            Artist = song.Artist.Name == ArtistNames.Unknown ? "" : song.Artist.Name,
            Album = song.Row.AlbumName,
            AlbumArtist = song.TaggedAlbumArtist?.Name ?? "",
            Track = song.Track,
            Disc = song.Disc,
            Year = song.Row.Year,
            Genre = song.Genre?.Name ?? "",
            Cover = song.Cover is { } cover ? Google.Protobuf.ByteString.CopyFrom(cover.ToArray()) : Google.Protobuf.ByteString.Empty,
        },
        Format = new AudioFormat
        {
            DurationMs = (uint)song.Row.DurationMs,
            BitrateBps = (uint)song.Row.BitrateBps,
            Vbr = song.Row.IsVbr,
            SampleRateHz = (uint)song.Row.SampleRateHz,
            Channels = song.Row.Channels,
            PayloadBytes = (ulong)song.Row.Size,
        },
    };

    /// <summary>A song without a host.</summary>
    /// <param name="Song">Its ordinal.</param>
    /// <param name="Since">When its last host left, in Unix seconds.</param>
    private readonly record struct AwaySong(int Song, uint Since);
}
