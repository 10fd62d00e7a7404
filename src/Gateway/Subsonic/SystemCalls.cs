namespace TspActors.Gateway.Subsonic;

/// <summary>Calls that return information about the server and the user.</summary>
internal static class SystemCalls
{
    public static Element? Ping(Api api, SubsonicRequest request) => null;

    public static Element License(Api api, SubsonicRequest request) => new Element("license").Set("valid", true);

    public static Element TokenInfo(Api api, SubsonicRequest request) => new Element("tokenInfo").Set("username", api.User);

    /// <summary>Returns the OpenSubsonic extensions that the gateway supports.</summary>
    public static Element Extensions() => new Element("subsonic-response").AddList("openSubsonicExtensions", new[]
    {
        ("formPost", 1), ("apiKeyAuthentication", 1), ("transcodeOffset", 1), ("indexBasedQueue", 1), ("topSongsByArtistId", 1),
    }.Select(extension => new Element("openSubsonicExtensions").Set("name", extension.Item1).AddScalars("versions", [(long)extension.Item2])));

    public static Element MusicFolders(Api api, SubsonicRequest request) => new Element("musicFolders").AddList(
        "musicFolder", [new Element("musicFolder").Set("id", 0).Set("name", "Whole swarm")]);

    public static Element User(Api api, SubsonicRequest request)
    {
        if (request.Text("username") is { } name && !string.Equals(name, api.User, StringComparison.OrdinalIgnoreCase)
            && !string.Equals(name, request.Caller.Device, StringComparison.OrdinalIgnoreCase))
            throw new SubsonicException(SubsonicError.NotAllowed, "you can only ask for your own user");
        return new Element("user")
            .Set("username", api.User).Set("scrobblingEnabled", true).Set("adminRole", false).Set("settingsRole", false)
            .Set("downloadRole", true).Set("uploadRole", false).Set("playlistRole", true).Set("coverArtRole", false)
            .Set("commentRole", false).Set("podcastRole", false).Set("streamRole", true).Set("jukeboxRole", false)
            .Set("shareRole", false).Set("videoConversionRole", false).AddScalars("folder", [0L]);
    }

    public static Element ScanStatus(Api api, SubsonicRequest request) =>
        new Element("scanStatus").Set("scanning", false).Set("count", api.Library.State.Songs);

    /// <summary>Returns a call that responds with an empty wrapper.</summary>
    public static Func<Api, SubsonicRequest, Element?> Empty(string wrapper, string? list = null) =>
        (_, _) => list is null ? new Element(wrapper) : new Element(wrapper).AddList(list, []);

    public static Element ArtistInfo(Api api, SubsonicRequest request) => new Element("artistInfo").AddList("similarArtist", []);

    public static Element ArtistInfo2(Api api, SubsonicRequest request) => new Element("artistInfo2").AddList("similarArtist", []);

    public static Element Lyrics(Api api, SubsonicRequest request) => new Element("lyrics") { Text = "" }
        .Set("artist", request.Text("artist") ?? "").Set("title", request.Text("title") ?? "");

    public static Element LyricsList(Api api, SubsonicRequest request) => new Element("lyricsList").AddList("structuredLyrics", []);
}
