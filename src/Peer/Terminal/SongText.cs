using System.Globalization;
using TspActors.Configuration;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>Formats songs, times and hosts as text.</summary>
internal static class SongText
{
    /// <summary>Returns "Artist – Title", the title alone if there is no artist, or "song" and the id if there are no tags.</summary>
    public static string Name(Song song) => SafeText.Clean(
        string.IsNullOrEmpty(song.Tags?.Artist) ? song.Tags?.Title ?? $"song {song.Id}" : $"{song.Tags.Artist} – {song.Tags.Title}");

    /// <summary>Returns the time as m:ss or h:mm:ss.</summary>
    public static string Time(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $@"{(int)time.TotalHours}:{time:mm\:ss}")
        : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);

    /// <summary>Returns the song's duration, or "live".</summary>
    public static string Duration(Song song) => song.Live ? "live" : Time(TimeSpan.FromMilliseconds(song.Format?.DurationMs ?? 0));

    /// <summary>Returns the track number, preceded by the disc number from the second disc on: "7", "2.07".</summary>
    public static string Track(Song song) => song.Tags switch
    {
        null or { Track: 0 } => "",
        { Disc: > 1 } tags => $"{tags.Disc}.{tags.Track:00}",
        var tags => $"{tags.Track}",
    };

    /// <summary>Returns the names of the song's hosts, separated by commas.</summary>
    public static string Hosts(Song song) => SafeText.Clean(string.Join(", ", song.Hosts.Select(host => host.Name)));

    /// <summary>Returns the song as one line for a pipe, with the fields separated by tabs.</summary>
    public static string Line(Song song) => string.Join(
        '\t', song.Id, SafeText.Clean(song.Tags?.Title ?? ""), SafeText.Clean(song.Tags?.Artist ?? ""), SafeText.Clean(song.Tags?.Album
            ?? ""), Duration(song), Hosts(song));

    /// <summary>Returns everything known about a song, as names and values.</summary>
    /// <param name="song">The song.</param>
    /// <param name="routes">The ways to its hosts; null or empty = unknown.</param>
    public static IEnumerable<(string Name, string Value)> Details(Song song, IReadOnlyList<HostRoute>? routes = null)
    {
        var tags = song.Tags ?? new SongTags();
        var format = song.Format ?? new AudioFormat();
        yield return ("id", $"{song.Id}");
        yield return ("title", SafeText.Clean(tags.Title));
        yield return ("artist", SafeText.Clean(tags.Artist));
        yield return ("album", SafeText.Clean(tags.Album));
        yield return ("album artist", SafeText.Clean(tags.AlbumArtist));
        yield return ("track", Number(tags.Track));
        yield return ("disc", Number(tags.Disc));
        yield return ("year", Number(tags.Year));
        yield return ("genre", SafeText.Clean(tags.Genre));
        yield return ("duration", Duration(song));
        yield return ("format", string.Create(
            CultureInfo.InvariantCulture,
            $"{format.BitrateBps / 1000.0:0.#} kbit/s {(format.Vbr ? "VBR" : "CBR")}, "
                + $"{format.SampleRateHz / 1000.0:0.###} kHz, {Channels(format.Channels)}"));
        if (!song.Live)
            yield return ("size", $"{format.PayloadBytes} bytes");
        yield return ("loudness", Loudness(ReplayGainValues.Read(format)));
        yield return ("now playing", SafeText.Clean(tags.NowPlaying));
        yield return ("hash", Convert.ToHexStringLower(song.ContentHash.Span));
        foreach (var host in song.Hosts)
            yield return ("host", SafeText.Clean($"{host.Name} at {HostPort.Format(host.Address, host.Port)}{Way(host, routes)}"));
    }

    /// <summary>Returns the song as an entry in the queue.</summary>
    public static QueuedSong ToQueued(Song song) => new(song.Id, Name(song))
    {
        Hash = song.ContentHash.Length == ContentHash.Size ? new ContentHash(song.ContentHash.Span) : default,
        Duration = TimeSpan.FromMilliseconds(song.Live ? 0 : song.Format?.DurationMs ?? 0),
    };

    private static string Way(Host host, IReadOnlyList<HostRoute>? routes) => HostRoutes.FindFirst(host, routes) switch
    {
        null => "",
        { Way: HostWay.Direct, Host.Reachable: false } => ", not reached by the tracker",
        var first => $", {first.Way.Text}",
    };

    private static string Loudness(ReplayGainValues gain) => string.Join(", ", ((string?[])
    [
        Loudness("track", gain.TrackGainCdb, gain.TrackPeakPpm), Loudness("album", gain.AlbumGainCdb, gain.AlbumPeakPpm),
    ]).OfType<string>());

    private static string? Loudness(string what, int? cdb, uint? peak) => cdb is null ? null : string.Create(
        CultureInfo.InvariantCulture, $"{what} {cdb / 100.0:+0.00;-0.00;0.00} dB{(peak is null ? "" : $" (peak {peak / 1_000_000.0:0.00})")}");

    private static string Number(uint number) => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);

    private static string Channels(uint channels) => channels switch
    {
        1 => "mono",
        2 => "stereo",
        _ => $"{channels} channels",
    };
}
