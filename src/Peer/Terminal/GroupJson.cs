using System.Text.Json;
using TspActors.Peer.Searching;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>Writes albums, artists and peers as JSON arrays of objects. Other programs rely on the field names.</summary>
internal static class GroupJson
{
    private static readonly JsonWriterOptions Options =
        new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one object for each row.</summary>
    /// <param name="output">Receives the JSON.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="write">Writes the fields of a row.</param>
    public static async Task WriteAsync<T>(Stream output, IEnumerable<T> rows, Action<Utf8JsonWriter, T> write)
    {
        var json = new Utf8JsonWriter(output, Options);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                write(json, row);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
        await output.FlushAsync().ConfigureAwait(false);
    }

    public static void Write(Utf8JsonWriter json, AlbumEntry album)
    {
        json.WriteString("album", VisibleText.Clean(album.Title));
        json.WriteString("artist", VisibleText.Clean(album.Artist));
        json.WriteNumber("year", album.Year);
        json.WriteNumber("songs", album.Songs);
        json.WriteNumber("durationMs", album.DurationMs);
    }

    public static void Write(Utf8JsonWriter json, ArtistEntry artist)
    {
        json.WriteString("artist", VisibleText.Clean(artist.Name));
        json.WriteNumber("albums", artist.Albums);
        json.WriteNumber("songs", artist.Songs);
    }

    public static void Write(Utf8JsonWriter json, PeerEntry peer)
    {
        json.WriteString("peer", Convert.ToHexStringLower(peer.Host.PeerId.Span));
        json.WriteString("name", VisibleText.Clean(peer.Host.Name));
        json.WriteString("address", VisibleText.Clean(peer.Host.Address));
        json.WriteNumber("port", peer.Host.Port);
        json.WriteBoolean("reachable", peer.Host.Reachable);
        json.WriteBoolean("secure", peer.Host.Secure);
        json.WriteBoolean("callable", peer.Host.Callable);
        json.WriteNumber("activeStreams", peer.Host.ActiveStreams);
        json.WriteNumber("maxStreams", peer.Host.MaxStreams);
        json.WriteNumber("songs", peer.Songs);
    }
}
