using TspActors.Gateway.Library;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway.Subsonic;

/// <summary>
/// Converts songs, albums, artists and playlists to elements. In JSON, each kind of element always has the same fields, except that unknown
/// values are left out.
/// </summary>
internal sealed class Entities(IMusicLibrary library, IUserData userData)
{
    /// <summary>Returns a song.</summary>
    /// <param name="name">The name of the element: song, child or entry.</param>
    /// <param name="song">The song.</param>
    public Element Song(string name, LibrarySong song)
    {
        var marks = userData.MarksOf(song.Id);
        return new Element(name)
            .Set("id", song.Id).Set("parent", song.AlbumId).Set("isDir", false).Set("title", song.Title).Set("album", song.Album)
            .Set("artist", song.Artist).Set("track", Known(song.Track)).Set("year", Known(song.Year))
            .Set("genre", song.Genre.Length > 0 ? song.Genre : null).Set("coverArt", CoverId(song.Cover)).Set("size", song.Size)
            .Set("contentType", "audio/mpeg").Set("suffix", "mp3")
            .Set("starred", marks.Starred).Set("duration", Seconds(song.DurationMs)).Set("bitRate", Known((song.BitrateBps + 500) / 1000))
            .Set("path", PathOf(song)).Set("isVideo", false).Set("userRating", Known(marks.Rating)).Set("playCount", Known(marks.PlayCount))
            .Set("discNumber", Known(song.Disc)).Set("created", song.Created).Set("albumId", song.AlbumId).Set("artistId", song.ArtistId)
            .Set("type", "music")
            .Set("mediaType", "song", FieldKind.Open).Set("played", marks.Played, FieldKind.Open)
            .Set("samplingRate", Known(song.SampleRateHz), FieldKind.Open).Set("channelCount", Known(song.Channels), FieldKind.Open)
            .Set("displayArtist", song.Artist, FieldKind.Open).Set("displayAlbumArtist", song.AlbumArtist, FieldKind.Open)
            .Set("sortName", ShownText.SortName(song.Title), FieldKind.Open)
            .Set("bpm", 0, FieldKind.JsonOnly).Set("comment", "", FieldKind.JsonOnly).Set("musicBrainzId", "", FieldKind.JsonOnly)
            .Set("displayComposer", "", FieldKind.JsonOnly).Set("explicitStatus", "", FieldKind.JsonOnly)
            .AddScalars("isrc", [], FieldKind.JsonOnly).AddList("genres", Genres(song.Genre), FieldKind.JsonOnly)
            .AddList("artists", [ArtistRef(song.ArtistId, song.Artist)], FieldKind.JsonOnly)
            .AddList("albumArtists", [ArtistRef(song.AlbumArtistId, song.AlbumArtist)], FieldKind.JsonOnly)
            .AddList("contributors", [], FieldKind.JsonOnly).AddScalars("moods", [], FieldKind.JsonOnly)
            .Add(Gain(song.Gain), FieldKind.JsonOnly);
    }

    /// <summary>Returns an album, for the calls that browse by tags.</summary>
    /// <param name="album">The album.</param>
    /// <param name="songs">The album's songs, for getAlbum; null = omit them.</param>
    public Element Album(LibraryAlbum album, IReadOnlyList<LibrarySong>? songs = null)
    {
        var marks = userData.MarksOf(album.Id);
        var element = new Element("album")
            .Set("id", album.Id).Set("name", album.Name).Set("artist", album.Artist).Set("artistId", album.ArtistId)
            .Set("coverArt", CoverId(album.Cover)).Set("songCount", album.SongCount).Set("duration", Seconds(album.DurationMs) ?? 0)
            .Set("playCount", Known(marks.PlayCount)).Set("created", album.Created).Set("starred", marks.Starred)
            .Set("year", Known(album.Year)).Set("genre", album.Genre.Length > 0 ? album.Genre : null)
            .Set("userRating", Known(marks.Rating), FieldKind.Open).Set("played", marks.Played, FieldKind.Open)
            .Set("displayArtist", album.Artist, FieldKind.Open).Set("isCompilation", album.IsCompilation, FieldKind.Open)
            .Set("sortName", album.SortName, FieldKind.Open)
            .Set("musicBrainzId", "", FieldKind.JsonOnly).Set("explicitStatus", "", FieldKind.JsonOnly)
            .AddList("artists", [ArtistRef(album.ArtistId, album.Artist)], FieldKind.JsonOnly)
            .AddList("genres", Genres(album.Genre), FieldKind.JsonOnly).AddScalars("releaseTypes", [], FieldKind.JsonOnly)
            .AddList("recordLabels", [], FieldKind.JsonOnly).AddScalars("moods", [], FieldKind.JsonOnly)
            .AddList("discTitles", [], FieldKind.JsonOnly)
            .Add(new Element("originalReleaseDate"), FieldKind.JsonOnly).Add(new Element("releaseDate"), FieldKind.JsonOnly);
        return songs is null ? element : element.AddList("song", songs.Select(song => Song("song", song)));
    }

    /// <summary>Returns an album as a folder, for the calls that browse by folders.</summary>
    /// <param name="name">The name of the element: album or child.</param>
    /// <param name="album">The album.</param>
    public Element AlbumFolder(string name, LibraryAlbum album)
    {
        var marks = userData.MarksOf(album.Id);
        return new Element(name)
            .Set("id", album.Id).Set("parent", album.ArtistId).Set("isDir", true).Set("title", album.Name).Set("album", album.Name)
            .Set("artist", album.Artist).Set("year", Known(album.Year)).Set("genre", album.Genre.Length > 0 ? album.Genre : null)
            .Set("coverArt", CoverId(album.Cover)).Set("starred", marks.Starred).Set("duration", Seconds(album.DurationMs))
            .Set("userRating", Known(marks.Rating)).Set("playCount", Known(marks.PlayCount)).Set("created", album.Created)
            .Set("artistId", album.ArtistId).Set("name", album.Name, FieldKind.Open).Set("songCount", album.SongCount, FieldKind.Open)
            .Set("isVideo", false, FieldKind.Open).Set("mediaType", "album", FieldKind.Open)
            .Set("displayArtist", album.Artist, FieldKind.Open).Set("sortName", album.SortName, FieldKind.Open)
            .AddList("genres", Genres(album.Genre), FieldKind.JsonOnly)
            .AddList("artists", [ArtistRef(album.ArtistId, album.Artist)], FieldKind.JsonOnly);
    }

    /// <summary>Returns an artist, for the calls that browse by tags.</summary>
    /// <param name="artist">The artist.</param>
    /// <param name="albums">The artist's albums, for getArtist; null = omit them.</param>
    public Element Artist(LibraryArtist artist, IReadOnlyList<LibraryAlbum>? albums = null)
    {
        var element = new Element("artist")
            .Set("id", artist.Id).Set("name", artist.Name).Set("coverArt", CoverId(artist.Cover)).Set("albumCount", artist.AlbumCount)
            .Set("starred", userData.MarksOf(artist.Id).Starred)
            .Set("musicBrainzId", "", FieldKind.JsonOnly).Set("sortName", artist.SortName, FieldKind.Open)
            .AddScalars("roles", ["albumartist", "artist"], FieldKind.JsonOnly);
        return albums is null ? element : element.AddList("album", albums.Select(album => Album(album)));
    }

    /// <summary>Returns an artist as a folder, for the calls that browse by folders.</summary>
    public Element ArtistFolder(LibraryArtist artist) => new Element("artist")
        .Set("id", artist.Id).Set("name", artist.Name).Set("starred", userData.MarksOf(artist.Id).Starred);

    /// <summary>Returns a playlist.</summary>
    /// <param name="playlist">The playlist.</param>
    /// <param name="owner">The user name.</param>
    /// <param name="withEntries">Whether to list its songs.</param>
    public Element Playlist(Playlist playlist, string owner, bool withEntries)
    {
        var element = new Element("playlist")
            .Set("id", playlist.Id).Set("name", playlist.Name).Set("comment", playlist.Comment).Set("owner", owner)
            .Set("public", playlist.IsPublic).Set("songCount", playlist.Entries.Count)
            .Set("duration", Seconds(playlist.Entries.Sum(entry => 1000 * (Seconds(entry.DurationMs) ?? 0))) ?? 0).Set("created", playlist.Created)
            .Set("changed", playlist.Changed).Set("readonly", false, FieldKind.JsonOnly);
        return withEntries ? element.AddList("entry", playlist.Entries.Select(Entry)) : element;
    }

    /// <summary>Returns a playlist entry. Its song may be gone.</summary>
    public Element Entry(PlaylistEntry entry) => library.FindSong(entry.SongId) is { } song
        ? Song("entry", song)
        : new Element("entry")
            .Set("id", entry.SongId).Set("isDir", false).Set("title", entry.Title).Set("album", entry.Album).Set("artist", entry.Artist)
            .Set("size", 0L).Set("contentType", "audio/mpeg").Set("suffix", "mp3").Set("duration", Seconds(entry.DurationMs))
            .Set("isVideo", false).Set("type", "music").Set("mediaType", "song", FieldKind.Open)
            .Set("displayArtist", entry.Artist, FieldKind.Open).Set("sortName", ShownText.SortName(entry.Title), FieldKind.Open)
            // Clients read the length of these lists without checking that they exist.
            .AddScalars("isrc", [], FieldKind.JsonOnly).AddList("genres", [], FieldKind.JsonOnly).AddList("artists", [], FieldKind.JsonOnly)
            .AddList("albumArtists", [], FieldKind.JsonOnly).AddList("contributors", [], FieldKind.JsonOnly)
            .AddScalars("moods", [], FieldKind.JsonOnly);

    /// <summary>Returns an invented path for a song: unique, and never the path of a host's file.</summary>
    public static string PathOf(LibrarySong song)
    {
        var number = (song.Disc, song.Track) switch
        {
            (_, 0) => "",
            (0 or 1, var track) => $"{track:00} - ",
            var (disc, track) => $"{disc:00}-{track:00} - ",
        };
        return $"{Folder(song.AlbumArtist)}/{Folder(song.Album)}/{Folder(number + song.Title)} ({song.Id[3..11]}).mp3";
    }

    private static string Folder(string name)
    {
        var clean = string.Concat(name.Select(letter => letter is '/' or '\\' or ':' || char.IsControl(letter) ? '_' : letter))
            .Trim(' ', '.');
        return clean.Length switch { 0 => "_", > 100 => clean[..100].Trim(), _ => clean };
    }

    private static IEnumerable<Element> Genres(string genre) => genre.Length > 0 ? [new Element("genres").Set("name", genre)] : [];

    private static Element Gain(Protocol.ReplayGainValues gain)
    {
        var element = new Element("replayGain");
        if (gain.TrackGainCdb is { } track)
            element.SetFraction("trackGain", track / 100.0);
        if (gain.AlbumGainCdb is { } album)
            element.SetFraction("albumGain", album / 100.0);
        if (gain.TrackPeakPpm is { } trackPeak)
            element.SetFraction("trackPeak", trackPeak / 1_000_000.0);
        if (gain.AlbumPeakPpm is { } albumPeak)
            element.SetFraction("albumPeak", albumPeak / 1_000_000.0);
        return element;
    }

    private static Element ArtistRef(string id, string name) => new Element("artists").Set("id", id).Set("name", name);

    private static string? CoverId(Protocol.ContentHash? cover) => cover is { } hash ? $"ca-{hash}" : null;

    private static long? Known(long value) => value > 0 ? value : null;

    // Clients read the number as 32 bits, and a host can report any duration.
    private static long? Seconds(long milliseconds) => milliseconds > 0 ? Math.Clamp((milliseconds + 500) / 1000, 1, int.MaxValue) : null;
}
