using Google.Protobuf;
using TspActors.Gateway.Library;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Library;

/// <summary>The base class for tests of a library with made-up songs.</summary>
public abstract class LibrarySpec
{
    private protected ManualClock Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    private protected MemoryOfTests Memory { get; } = new();

    private protected MusicLibrary Library { get; private set; }

    protected LibrarySpec() => Library = NewLibrary(new GatewayLibrarySettings());

    private protected MusicLibrary NewLibrary(GatewayLibrarySettings settings, MemoryLimits? limits = null) =>
        Library = new MusicLibrary(settings, Memory, Clock, new Random(1), limits);

    private protected void UseForReading(MusicLibrary library) => Library = library;

    private protected void List(params IReadOnlyList<Song> songs) => Library.Listed(songs, isFirst: true, isLast: true);

    private protected void Change(params IReadOnlyList<Song> songs) => Library.Changed(songs, []);

    private protected void Remove(params IReadOnlyList<int> ids) => Library.Changed([], ids);

    /// <summary>Advances the clock, and lets the library react to it.</summary>
    private protected void Pass(TimeSpan time)
    {
        Clock.Advance(time);
        Library.Tick();
    }

    private protected IReadOnlyList<string> Titles(string query = "") =>
        [.. Library.Search(query, Walk.None, default, default, new PageRange(0, 1_000)).Songs.Items.Select(song => song.Title)];

    private protected IReadOnlyList<string> Albums() =>
        [.. Library.Albums(new AlbumList(AlbumListKind.ByName), Walk.None, 0, 1_000).Items.Select(album => $"{album.Artist}: {album.Name} ({album.SongCount})")];

    /// <summary>Returns a song with a content hash that follows from its number.</summary>
    private protected static Song SongOf(
        int number, string title = "", string artist = "A", string album = "", string albumArtist = "", int track = 0, int disc = 0, int hosts = 1,
        int bitrate = 128, int id = 0, string genre = "", int year = 0, int seconds = 180) => new()
        {
            Id = id == 0 ? number : id,
            ContentHash = ByteString.CopyFrom(HashOf(number).ToArray()),
            Tags = new SongTags
            {
                Title = title.Length > 0 ? title : $"Song {number}",
                Artist = artist,
                Album = album,
                AlbumArtist = albumArtist,
                Track = (uint)track,
                Disc = (uint)disc,
                Genre = genre,
                Year = (uint)year,
            },
            Format = new AudioFormat
            {
                DurationMs = (uint)seconds * 1000,
                BitrateBps = (uint)bitrate * 1000,
                PayloadBytes = 1_000_000,
                SampleRateHz = 44_100,
                Channels = 2
            },
            Hosts = { Enumerable.Range(1, hosts).Select(host => HostOf(host)) },
        };

    /// <summary>Returns a host with an id that follows from its number.</summary>
    private protected static Host HostOf(int number, string? name = null) =>
        new() { Name = name ?? $"host {number}", PeerId = ByteString.CopyFrom(PeerOf(number).ToArray()) };

    private protected static PeerId PeerOf(int number) => new(HashOf(-number).ToArray().AsSpan(0, PeerId.Size));

    private protected static ContentHash HashOf(int number) =>
        new(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)));
}

/// <summary>A library memory that keeps everything in memory instead of on disk.</summary>
internal sealed class MemoryOfTests : ILibraryMemory
{
    private readonly Dictionary<ContentHash, RememberedSong> _songs = [];
    private readonly Dictionary<string, string> _groupings = [];
    private DateTimeOffset? _artists;

    public IEnumerable<RememberedSong> ReadSongs() => [.. _songs.Values];

    public IEnumerable<KeyValuePair<string, string>> ReadGroupings() => [.. _groupings];

    public DateTimeOffset? ReadArtistsModified() => _artists;

    public void Seen(IReadOnlyList<(ContentHash Hash, DateTimeOffset At)> songs)
    {
        foreach (var (hash, at) in songs)
            _songs.TryAdd(hash, new RememberedSong(hash, at, null, null));
    }

    public void Away(Song song, DateTimeOffset at)
    {
        var hash = new ContentHash(song.ContentHash.Span);
        _songs[hash] = _songs[hash] with { Away = song, AwaySince = at };
    }

    public void Back(ContentHash hash) => _songs[hash] = _songs[hash] with { Away = null, AwaySince = null };

    public void Forget(IReadOnlyList<ContentHash> songs)
    {
        foreach (var hash in songs)
            _songs.Remove(hash);
    }

    public void Grouped(string albumKey, string artistKey) => _groupings[albumKey] = artistKey;

    public void Ungroup(IReadOnlyList<string> albumKeys)
    {
        foreach (var key in albumKeys)
            _groupings.Remove(key);
    }

    public void ArtistsModified(DateTimeOffset at) => _artists = at;
}
