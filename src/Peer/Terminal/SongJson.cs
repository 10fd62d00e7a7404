using System.Text.Json;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>Writes songs as a JSON array of objects. Other programs rely on the field names.</summary>
internal static class SongJson
{
    private static readonly JsonWriterOptions Options =
        new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Writes the songs as they arrive, so that a large catalog is never entirely in memory. If not even the first song arrives,
    /// nothing is written.
    /// </summary>
    /// <param name="output">Receives the JSON.</param>
    /// <param name="songs">The songs.</param>
    /// <param name="depths">How many steps each host of a live feed is from the source; null = unknown.</param>
    /// <param name="routes">The routes to the hosts, best first; null = unknown.</param>
    public static async Task WriteAsync(
        Stream output, IAsyncEnumerable<Song> songs, IReadOnlyDictionary<PeerId, uint>? depths = null,
        IReadOnlyList<HostRoute>? routes = null)
    {
        await using var arriving = songs.ConfigureAwait(false).GetAsyncEnumerator();
        var hasSong = await arriving.MoveNextAsync();
        var json = new Utf8JsonWriter(output, Options);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartArray();
            for (; hasSong; hasSong = await arriving.MoveNextAsync())
            {
                Write(json, arriving.Current, depths, routes);
                if (json.BytesPending > 64 * 1024)
                    await json.FlushAsync().ConfigureAwait(false);
            }

            json.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
        await output.FlushAsync().ConfigureAwait(false);
    }

    private static void Write(
        Utf8JsonWriter json, Song song, IReadOnlyDictionary<PeerId, uint>? depths, IReadOnlyList<HostRoute>? routes)
    {
        var tags = song.Tags ?? new SongTags();
        var format = song.Format ?? new AudioFormat();
        json.WriteStartObject();
        json.WriteNumber("id", song.Id);
        json.WriteString("title", VisibleText.Clean(tags.Title));
        json.WriteString("artist", VisibleText.Clean(tags.Artist));
        json.WriteString("album", VisibleText.Clean(tags.Album));
        json.WriteString("albumArtist", VisibleText.Clean(tags.AlbumArtist));
        json.WriteNumber("track", tags.Track);
        json.WriteNumber("disc", tags.Disc);
        json.WriteNumber("year", tags.Year);
        json.WriteString("genre", VisibleText.Clean(tags.Genre));
        json.WriteNumber("durationMs", format.DurationMs);
        json.WriteNumber("bitrate", format.BitrateBps);
        json.WriteBoolean("vbr", format.Vbr);
        json.WriteNumber("sampleRate", format.SampleRateHz);
        json.WriteNumber("channels", format.Channels);
        json.WriteNumber("payloadBytes", format.PayloadBytes);
        WriteGain(json, ReplayGainValues.Read(format));
        json.WriteString("hash", Convert.ToHexStringLower(song.ContentHash.Span));
        if (!tags.Cover.IsEmpty)
            json.WriteString("cover", Convert.ToHexStringLower(tags.Cover.Span));
        json.WriteBoolean("live", song.Live);
        if (tags.NowPlaying.Length > 0)
            json.WriteString("nowPlaying", VisibleText.Clean(tags.NowPlaying));
        json.WriteStartArray("hosts");
        foreach (var host in song.Hosts)
        {
            json.WriteStartObject();
            json.WriteString("peer", Convert.ToHexStringLower(host.PeerId.Span));
            json.WriteString("name", VisibleText.Clean(host.Name));
            json.WriteString("address", VisibleText.Clean(host.Address));
            json.WriteNumber("port", host.Port);
            json.WriteBoolean("reachable", host.Reachable);
            json.WriteBoolean("secure", host.Secure);
            json.WriteBoolean("callable", host.Callable);
            json.WriteNumber("activeStreams", host.ActiveStreams);
            json.WriteNumber("maxStreams", host.MaxStreams);
            if (song.Live && depths?.TryGetValue(new PeerId(host.PeerId.Span), out var depth) == true)
                json.WriteNumber("relayDepth", depth);
            if (HostRoutes.FindFirst(host, routes) is { } route)
                json.WriteString("way", Name(route.Way));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Name(HostWay way) => way switch
    {
        HostWay.Local => "local",
        HostWay.CalledBack => "callback",
        HostWay.Relayed => "relay",
        _ => "direct",
    };

    // Gains in dB; peaks as a fraction of full scale.
    private static void WriteGain(Utf8JsonWriter json, ReplayGainValues gain)
    {
        if (gain.IsEmpty)
            return;
        json.WriteStartObject("replayGain");
        if (gain.TrackGainCdb is { } track)
            json.WriteNumber("trackGain", track / 100m);
        if (gain.TrackPeakPpm is { } trackPeak)
            json.WriteNumber("trackPeak", trackPeak / 1_000_000m);
        if (gain.AlbumGainCdb is { } album)
            json.WriteNumber("albumGain", album / 100m);
        if (gain.AlbumPeakPpm is { } albumPeak)
            json.WriteNumber("albumPeak", albumPeak / 1_000_000m);
        json.WriteEndObject();
    }
}
