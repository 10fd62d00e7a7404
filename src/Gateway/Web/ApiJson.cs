using System.Globalization;
using System.Text.Json.Nodes;
using Akka.Actor;
using TspActors.Gateway.Library;
using TspActors.Gateway.Storage;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Web;

/// <summary>Builds the JSON objects of the web page's API. Unknown values are left out.</summary>
internal static class ApiJson
{
    /// <summary>How long the peer may take to reply.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public static Task<PeerReport> ReportAsync(GatewayComponents components) =>
        components.Peer.Ask<PeerReport>(GetPeerReport.Instance, Deadline);

    public static JsonObject Song(GatewayComponents components, LibrarySong song)
    {
        var marks = components.UserData.MarksOf(song.Id);
        var json = new JsonObject
        {
            ["id"] = song.Id,
            ["title"] = song.Title,
            ["artist"] = song.Artist,
            ["artistId"] = song.ArtistId,
            ["album"] = song.Album,
            ["albumId"] = song.AlbumId,
            ["albumArtist"] = song.AlbumArtist,
            ["albumArtistId"] = song.AlbumArtistId,
            ["durationMs"] = song.DurationMs,
            ["bitrate"] = (song.BitrateBps + 500) / 1000,
            ["size"] = song.Size,
            ["hosts"] = song.HostCount,
            ["away"] = song.IsAway,
            ["created"] = Time(song.Created),
        };
        Known(json, "track", song.Track);
        Known(json, "disc", song.Disc);
        Known(json, "year", song.Year);
        Known(json, "genre", song.Genre);
        Known(json, "cover", song.Cover?.ToString());
        if (!song.Gain.IsEmpty)
            json["replayGain"] = Gain(song.Gain);
        Mark(json, marks);
        Known(json, "plays", marks.PlayCount);
        return json;
    }

    // Gains in dB, peaks as a fraction of full scale, as in OpenSubsonic.
    private static JsonObject Gain(ReplayGainValues gain)
    {
        var json = new JsonObject();
        Known(json, "trackGain", gain.TrackGainCdb / 100.0);
        Known(json, "trackPeak", gain.TrackPeakPpm / 1_000_000.0);
        Known(json, "albumGain", gain.AlbumGainCdb / 100.0);
        Known(json, "albumPeak", gain.AlbumPeakPpm / 1_000_000.0);
        return json;
    }

    public static JsonObject Album(GatewayComponents components, LibraryAlbum album)
    {
        var json = new JsonObject
        {
            ["id"] = album.Id,
            ["name"] = album.Name,
            ["artist"] = album.Artist,
            ["artistId"] = album.ArtistId,
            ["songs"] = album.SongCount,
            ["durationMs"] = album.DurationMs,
            ["created"] = Time(album.Created),
            ["compilation"] = album.IsCompilation,
            ["noAlbum"] = album.IsNoAlbum,
        };
        Known(json, "year", album.Year);
        Known(json, "genre", album.Genre);
        Known(json, "cover", album.Cover?.ToString());
        Mark(json, components.UserData.MarksOf(album.Id));
        return json;
    }

    public static JsonObject Artist(GatewayComponents components, LibraryArtist artist)
    {
        var json = new JsonObject { ["id"] = artist.Id, ["name"] = artist.Name, ["albums"] = artist.AlbumCount, ["songs"] = artist.SongCount };
        Known(json, "cover", artist.Cover?.ToString());
        Mark(json, components.UserData.MarksOf(artist.Id));
        return json;
    }

    /// <summary>Returns the live feeds, with the titles of those that are being played through this gateway.</summary>
    public static JsonObject Feeds(GatewayComponents components) => new()
    {
        ["items"] = List(components.Feeds.All, feed => Feed(components, feed)),
    };

    public static JsonObject Feed(GatewayComponents components, LiveFeed feed)
    {
        var json = new JsonObject
        {
            ["id"] = feed.Id,
            ["name"] = feed.Name,
            ["hosts"] = List(feed.Hosts, host => host),
            ["listeners"] = components.Radio.ListenersOf(feed),
        };
        Known(json, "genre", feed.Genre);
        Known(json, "title", components.Radio.TitleOf(feed));
        Known(json, "bitrate", (feed.BitrateBps + 500) / 1000);
        return json;
    }

    /// <summary>Returns a peer that shares songs or live feeds.</summary>
    /// <param name="sharing">The peer.</param>
    /// <param name="own">The id of the gateway's own peer.</param>
    public static JsonObject Peer(SharingPeer sharing, string own)
    {
        var (peer, id) = (sharing.Peer, sharing.Peer.Id.ToString());
        return new JsonObject
        {
            ["id"] = id,
            ["name"] = peer.Name,
            ["songs"] = peer.SongCount,
            ["feeds"] = sharing.Feeds.Count,
            ["reachable"] = peer.IsReachable,
            ["callable"] = peer.IsCallable,
            ["secure"] = peer.IsSecure,
            ["active"] = peer.ActiveStreams,
            ["max"] = peer.MaxStreams,
            ["own"] = id == own,
        };
    }

    public static JsonObject Playlist(Playlist playlist) => new()
    {
        ["id"] = playlist.Id,
        ["name"] = playlist.Name,
        ["comment"] = playlist.Comment,
        ["songs"] = playlist.Entries.Count,
        ["durationMs"] = playlist.Entries.Sum(entry => entry.DurationMs),
        ["created"] = Time(playlist.Created),
        ["changed"] = Time(playlist.Changed),
    };

    public static JsonObject Entry(GatewayComponents components, PlaylistEntry entry) =>
        components.Library.FindSong(entry.SongId) is { } song
        ? Song(components, song)
        : new JsonObject
        {
            ["id"] = entry.SongId,
            ["title"] = entry.Title,
            ["artist"] = entry.Artist,
            ["album"] = entry.Album,
            ["durationMs"] = entry.DurationMs,
            ["away"] = true,
        };

    public static JsonObject Page<T>(LibraryPage<T> page, int offset, Func<T, JsonObject> convert) => new()
    {
        ["items"] = List(page.Items, convert),
        ["total"] = page.Total,
        ["offset"] = offset,
    };

    public static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonNode?> convert) => [.. items.Select(convert)];

    public static JsonObject State(GatewayComponents components, PeerReport report)
    {
        var state = components.Library.State;
        var link = state.Link ?? report.Link;
        var peer = new JsonObject
        {
            ["name"] = report.Name,
            ["id"] = report.PeerId,
            ["address"] = report.Address,
            ["songsShared"] = report.SongsShared,
            ["songsRefused"] = report.SongsRefused,
        };
        if (report.IsPortReachable is { } reachable)
            peer["portReachable"] = reachable;
        return new JsonObject
        {
            ["version"] = state.Version,
            ["songs"] = state.Songs,
            ["albums"] = state.Albums,
            ["artists"] = state.AlbumArtists,
            ["complete"] = state.IsComplete,
            ["connected"] = link.IsConnected,
            ["tracker"] = link.Tracker,
            ["detail"] = link.Detail,
            ["peer"] = peer,
        };
    }

    public static JsonObject Transfers(GatewayComponents components, PeerReport report) => new()
    {
        ["incoming"] = List(components.Media.Transfers, transfer => new JsonObject
        {
            ["songId"] = transfer.SongId,
            ["title"] = transfer.Title,
            ["device"] = transfer.Device,
            ["host"] = transfer.Host,
            ["way"] = transfer.Way,
            ["offset"] = transfer.Offset,
            ["sent"] = transfer.Sent,
            ["length"] = transfer.Length,
            ["waiting"] = transfer.IsWaiting,
            ["started"] = Time(transfer.Started),
        }),
        ["outgoing"] = List(report.Streams, upload => Upload(components, upload)),
        ["outgoingCount"] = report.Active,
        ["maxStreams"] = report.MaxStreams,
        ["uploadLimit"] = report.UploadLimit,
    };

    // The addresses of requesters are not included, because anyone with a device key for this gateway can read this list.
    private static JsonObject Upload(GatewayComponents components, OutgoingTransfer upload)
    {
        var json = new JsonObject { ["song"] = ShownText.Clean(upload.Song), ["download"] = upload.IsDownload };
        // The requester has not proved that the id is its own.
        if (upload.Requester is { } requester && components.Sharing.Find(requester) is { } known)
        {
            json["requester"] = known.Peer.Name;
            json["requesterId"] = requester.ToString();
        }

        return json;
    }

    public static JsonObject Speaker(GatewayComponents components, SpeakerState state)
    {
        var json = new JsonObject
        {
            ["available"] = state.HasSpeaker,
            ["title"] = state.Title,
            ["artist"] = state.Artist,
            ["host"] = state.Host,
            ["positionMs"] = state.PositionMs,
            ["durationMs"] = state.DurationMs,
            ["paused"] = state.IsPaused,
            ["volume"] = state.Volume,
            ["repeat"] = state.Repeat,
            ["queue"] = List(state.Queue, song => new JsonObject { ["title"] = song.Title }),
        };
        if (state.SongId > 0 && components.Library.FindSongByTrackerId(state.SongId) is { } playing)
            json["song"] = Song(components, playing);
        return json;
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void Mark(JsonObject json, Marks marks)
    {
        if (marks.Starred is { } starred)
            json["starred"] = Time(starred);
        Known(json, "rating", marks.Rating);
    }

    private static void Known(JsonObject json, string key, int value)
    {
        if (value > 0)
            json[key] = value;
    }

    private static void Known(JsonObject json, string key, double? value)
    {
        if (value is not null)
            json[key] = value;
    }

    private static void Known(JsonObject json, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json[key] = value;
    }
}
