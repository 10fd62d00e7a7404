using TspActors.Peer.Terminal;
using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Peer.Searching;

/// <summary>An album: the songs with the same album and album artist.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Artist">Its artist.</param>
/// <param name="Year">The year of its earliest song; 0 = unknown.</param>
/// <param name="Songs">The number of its songs.</param>
/// <param name="DurationMs">The total duration of its songs.</param>
internal sealed record AlbumEntry(string Title, string Artist, uint Year, int Songs, long DurationMs);

/// <summary>An artist.</summary>
/// <param name="Name">The name.</param>
/// <param name="Albums">The number of albums with songs by this artist.</param>
/// <param name="Songs">The number of songs.</param>
internal sealed record ArtistEntry(string Name, int Albums, int Songs);

/// <summary>A peer that shares songs.</summary>
/// <param name="Host">The peer as a host.</param>
/// <param name="Songs">The number of its songs.</param>
/// <param name="Sample">Its song with the fewest hosts.</param>
internal sealed record PeerEntry(Host Host, int Songs, Song Sample)
{
    /// <summary>Whether <see cref="Host"/> includes the peer's load. The hosts in a list of songs do not.</summary>
    public bool HasLoad { get; init; }
}

/// <summary>Groups songs by album, artist or peer.</summary>
internal static class CatalogGroups
{
    /// <summary>Returns the albums, sorted by artist, year and title. Songs without an album are left out.</summary>
    public static IReadOnlyList<AlbumEntry> Albums(IEnumerable<Song> songs)
    {
        // The albums are sorted only at the end, because the songs of one album may have different years.
        var albums = new Dictionary<(string, string), AlbumEntry>();
        foreach (var song in songs.Where(song => !song.Live && song.Tags is { Album.Length: > 0 }))
        {
            var key = (SearchText.Fold(song.Tags.Album), SearchText.Fold(ArtistOf(song)));
            var before = albums.GetValueOrDefault(key) ?? new AlbumEntry(song.Tags.Album, ArtistOf(song), 0, 0, 0);
            albums[key] = before with
            {
                Year = before.Year == 0 ? song.Tags.Year : song.Tags.Year == 0 ? before.Year : Math.Min(before.Year, song.Tags.Year),
                Songs = before.Songs + 1,
                DurationMs = before.DurationMs + (song.Format?.DurationMs ?? 0),
            };
        }

        return [.. albums.OrderBy(album => album.Key.Item2.Length == 0).ThenBy(album => album.Key.Item2, StringComparer.Ordinal)
            .ThenBy(album => album.Value.Year).ThenBy(album => album.Key.Item1, StringComparer.Ordinal).Select(album => album.Value)];
    }

    /// <summary>Returns the artists, sorted by name. Songs without an artist are left out.</summary>
    public static IReadOnlyList<ArtistEntry> Artists(IEnumerable<Song> songs)
    {
        var artists = new Dictionary<string, (string Name, HashSet<string> Albums, int Songs)>();
        foreach (var song in songs.Where(song => !song.Live && song.Tags is { Artist.Length: > 0 }))
        {
            var key = SearchText.Fold(song.Tags.Artist);
            var (name, albums, count) = artists.TryGetValue(key, out var known) ? known : (song.Tags.Artist, [], 0);
            if (song.Tags.Album.Length > 0)
                albums.Add(SearchText.Fold(song.Tags.Album));
            artists[key] = (name, albums, count + 1);
        }

        return [.. artists.OrderBy(artist => artist.Key, StringComparer.Ordinal).Select(
            artist => new ArtistEntry(artist.Value.Name, artist.Value.Albums.Count, artist.Value.Songs))];
    }

    /// <summary>Returns the peers that share these songs, sorted by name.</summary>
    public static IReadOnlyList<PeerEntry> Peers(IEnumerable<Song> songs)
    {
        var peers = new Dictionary<PeerId, PeerEntry>();
        foreach (var (song, host) in songs.SelectMany(song => song.Hosts.Select(host => (song, host))))
        {
            if (host.PeerId.Length != PeerId.Size)
                continue;
            var key = new PeerId(host.PeerId.Span);
            var known = peers.GetValueOrDefault(key);
            var sample = known is null || song.Hosts.Count < known.Sample.Hosts.Count ? song : known.Sample;
            peers[key] = new PeerEntry(host, (known?.Songs ?? 0) + 1, sample);
        }

        return [.. peers.OrderBy(peer => peer.Value.Host.Name, StringComparer.OrdinalIgnoreCase)
            .ThenBy(peer => peer.Key.ToString(), StringComparer.Ordinal).Select(peer => peer.Value)];
    }

    private static string ArtistOf(Song song) => song.Tags.AlbumArtist.Length > 0 ? song.Tags.AlbumArtist : song.Tags.Artist;
}
