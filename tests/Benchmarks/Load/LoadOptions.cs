using System.Globalization;
using System.Net;

namespace TspActors.Benchmarks.Load;

/// <summary>The options of a run of listeners, as given on the command line.</summary>
/// <param name="Host">The server that the listeners connect to.</param>
/// <param name="Song">The song's id at a TSP host, or 0 for HTTP.</param>
/// <param name="Path">The path at an HTTP server; empty for TSP.</param>
/// <param name="File">The expected MP3: its payload from a TSP host, the whole file from an HTTP server.</param>
/// <param name="Count">The number of listeners.</param>
/// <param name="AtRealTime">True to request a real-time stream from a TSP host, false to request full speed.</param>
/// <param name="Duration">How long the run continues after the last listener has started; zero = to the end of the song.</param>
/// <param name="Ramp">The time over which the starts of the listeners are evenly spread.</param>
/// <param name="IsLive">True if an HTTP server sends from its current position (Icecast). The content is then not compared.</param>
/// <param name="ServerId">The id of the process whose processor time and memory are measured; 0 = none.</param>
/// <param name="Report">The file to which the figures are written as JSON; empty = none.</param>
/// <param name="Probes">The number of listeners that connect one by one under load, to measure the time to the first byte.</param>
/// <param name="Downloads">The number of additional requesters that repeatedly fetch the song at full speed.</param>
/// <param name="Discards">True to let the operating system count and drop the bytes, so that the generator spends almost no processor time
///   on them. With TLS they must be decrypted, but are not compared.</param>
internal sealed record LoadOptions(
    IPEndPoint Host, int Song, string Path, string File, int Count, bool AtRealTime, TimeSpan Duration, TimeSpan Ramp, bool IsLive,
    int ServerId, string Report,
    int Probes = 0, int Downloads = 0, bool Discards = false)
{
    /// <summary>The key of the listeners, which then connect with TLS; null = plain.</summary>
    public ClientTls? Tls { get; private init; }

    public const string Usage =
        "load HOST:PORT (--song ID | --path /PATH [--live]) --file MP3 [--count N] [--full-speed [--discard]] [--tls] [--seconds S] [--ramp S] "
        + "[--probe N] [--downloads N] [--pid SERVER] [--json FILE]";

    public bool IsHttp => Path.Length > 0;

    /// <summary>Parses the command line. Returns null if the arguments are invalid.</summary>
    public static LoadOptions? Parse(string[] arguments)
    {
        if (arguments.Length == 0 || !IPEndPoint.TryParse(arguments[0], out var host))
            return null;
        var options = new LoadOptions(host, 0, "", "", 1, true, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5), false, 0, "");
        for (var at = 1; at < arguments.Length; at++)
        {
            var value = at + 1 < arguments.Length ? arguments[at + 1] : "";
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (arguments[at])
            {
                case "--full-speed":
                    options = options with { AtRealTime = false };
                    continue;
                case "--tls":
                    options = options with { Tls = ClientTls.CreateNew() };
                    continue;
                case "--discard":
                    options = options with { Discards = true };
                    continue;
                case "--live":
                    options = options with { IsLive = true };
                    continue;
                case "--path":
                    options = options with { Path = value };
                    break;
                case "--file":
                    options = options with { File = value };
                    break;
                case "--json":
                    options = options with { Report = value };
                    break;
                case "--song" when isNumber:
                    options = options with { Song = number };
                    break;
                case "--count" when isNumber:
                    options = options with { Count = number };
                    break;
                case "--probe" when isNumber:
                    options = options with { Probes = number };
                    break;
                case "--downloads" when isNumber:
                    options = options with { Downloads = number };
                    break;
                case "--pid" when isNumber:
                    options = options with { ServerId = number };
                    break;
                case "--seconds" when isNumber:
                    options = options with { Duration = TimeSpan.FromSeconds(number) };
                    break;
                case "--ramp" when isNumber:
                    options = options with { Ramp = TimeSpan.FromSeconds(number) };
                    break;
                default:
                    return null;
            }

            at++;
        }

        return System.IO.File.Exists(options.File) && options.Count + options.Downloads > 0 && (options.Song > 0) != options.IsHttp
            && (options.Downloads + options.Probes == 0 || (!options.IsHttp && options.Duration > TimeSpan.Zero)) ? options : null;
    }
}
