using TspActors.Gateway.Library;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway.Subsonic;

/// <summary>The components that the API calls use.</summary>
internal sealed class Api(GatewayComponents components)
{
    public GatewayComponents Components { get; } = components;

    public IMusicLibrary Library => Components.Library;

    public IUserData UserData => Components.UserData;

    public string User => Components.Settings.User;

    public Entities Entities { get; } = new(components.Library, components.UserData);

    public NowPlaying NowPlaying { get; } = new(components.Time);

    public ArtistListCache ArtistLists { get; } = new();

    /// <summary>Returns the song with this id, which must exist.</summary>
    /// <exception cref="SubsonicException">The library has no song with this id.</exception>
    public LibrarySong Song(string id) => Library.FindSong(id) ?? throw NotFound("song");

    /// <summary>Returns the album with this id, which must exist.</summary>
    public LibraryAlbum Album(string id) => Library.FindAlbum(id) ?? throw NotFound("album");

    /// <summary>Returns the artist with this id, which must exist.</summary>
    public LibraryArtist Artist(string id) => Library.FindArtist(id) ?? throw NotFound("artist");

    /// <summary>Returns the error for an unknown id.</summary>
    public static SubsonicException NotFound(string what) => new(SubsonicError.NotFound, $"there is no {what} with this id");

    /// <summary>Returns a song as a playlist entry.</summary>
    public PlaylistEntry ToEntry(string songId) => Library.FindSong(songId) is { } song
        ? new PlaylistEntry(song.Id, song.Title, song.Artist, song.Album, song.DurationMs)
        : new PlaylistEntry(songId, "[Unknown]", ArtistNames.Unknown, ArtistNames.NoAlbum, 0);

    /// <summary>Returns the walk for a call with these arguments.</summary>
    public static Walk WalkOf(SubsonicRequest request, string call) => new(request.Caller.DeviceId, $"{request.Text("c")} {call}");
}
