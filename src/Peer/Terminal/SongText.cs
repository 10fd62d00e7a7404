using System.Globalization;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>Songs in words.</summary>
internal static class SongText
{
    /// <summary>"Artist – Title", or the title alone.</summary>
    public static string Name(Song song) => SafeText.Of(
        string.IsNullOrEmpty(song.Tags?.Artist) ? song.Tags?.Title ?? $"song {song.Id}" : $"{song.Tags.Artist} – {song.Tags.Title}");

    /// <summary>m:ss, or h:mm:ss.</summary>
    public static string Time(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $@"{(int)time.TotalHours}:{time:mm\:ss}")
        : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);

    /// <summary>How long the song is.</summary>
    public static string Duration(Song song) => song.Live ? "live" : Time(TimeSpan.FromMilliseconds(song.Format?.DurationMs ?? 0));

    /// <summary>The names of its hosts.</summary>
    public static string Hosts(Song song) => SafeText.Of(string.Join(", ", song.Hosts.Select(host => host.Name)));

    /// <summary>One line for a pipe: fields parted by tabs.</summary>
    public static string Line(Song song) => string.Join(
        '\t', song.Id, SafeText.Of(song.Tags?.Title ?? ""), SafeText.Of(song.Tags?.Artist ?? ""), SafeText.Of(song.Tags?.Album ?? ""), Duration(song), Hosts(song));

    /// <summary>Everything that is known of a song: names and values.</summary>
    public static IEnumerable<(string Name, string Value)> Details(Song song)
    {
        var tags = song.Tags ?? new SongTags();
        var format = song.Format ?? new AudioFormat();
        yield return ("id", $"{song.Id}");
        yield return ("title", SafeText.Of(tags.Title));
        yield return ("artist", SafeText.Of(tags.Artist));
        yield return ("album", SafeText.Of(tags.Album));
        yield return ("album artist", SafeText.Of(tags.AlbumArtist));
        yield return ("track", Number(tags.Track));
        yield return ("disc", Number(tags.Disc));
        yield return ("year", Number(tags.Year));
        yield return ("genre", SafeText.Of(tags.Genre));
        yield return ("duration", Duration(song));
        yield return ("format", string.Create(
            CultureInfo.InvariantCulture,
            $"{format.BitrateBps / 1000.0:0.#} kbit/s {(format.Vbr ? "VBR" : "CBR")}, {format.SampleRateHz / 1000.0:0.###} kHz, {Channels(format.Channels)}"));
        yield return ("size", $"{format.PayloadBytes} bytes");
        yield return ("hash", Convert.ToHexStringLower(song.ContentHash.Span));
        foreach (var host in song.Hosts)
            yield return ("host", SafeText.Of($"{host.Name} at {host.Address}:{host.Port}"));
    }

    private static string Number(uint number) => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);

    private static string Channels(uint channels) => channels switch
    {
        1 => "mono",
        2 => "stereo",
        _ => $"{channels} channels",
    };
}
