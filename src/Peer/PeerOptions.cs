using System.CommandLine;
using System.Globalization;
using TspActors.Configuration;
using TspActors.Gateway;

namespace TspActors.Peer;

/// <summary>The command-line options that all commands share, and the settings that they override.</summary>
internal sealed class PeerOptions
{
    private readonly Option<string[]> _tracker = new("--tracker")
    {
        Description = "tracker to register with (repeatable; default localhost:7070)",
        HelpName = "HOST:PORT",
        Recursive = true
    };
    private readonly Option<string[]> _music =
        new("--music") { Description = "folder of MP3s to share (repeatable; default ~/Music)", HelpName = "DIR", Recursive = true };
    private readonly Option<string?> _name =
        new("--name") { Description = "the name that other peers see", HelpName = "NAME", Recursive = true };
    private readonly Option<int?> _port = new("--port")
    {
        Description = "port to serve requesters on; 0 = any free port (default 7071)",
        HelpName = "PORT",
        Recursive = true
    };
    private readonly Option<string?> _data =
        new("--data") { Description = "folder for the library index and the peer's key", HelpName = "DIR", Recursive = true };
    private readonly Option<string?> _config =
        new("--config") { Description = "HOCON file with settings", HelpName = "FILE", Recursive = true };
    private readonly Option<string?> _logFormat =
        new("--log-format") { Description = "text, or json: one JSON object per line (default text)", HelpName = "FORMAT", Recursive = true };
    private readonly Option<string?> _http = new("--http")
    {
        Description = "open the gateway: a web page, HTTP and OpenSubsonic (default 127.0.0.1:7073)",
        HelpName = "ADDR:PORT",
        Arity = ArgumentArity.ZeroOrOne,
        Recursive = true,
    };

    private readonly Option<string[]> _live = new("--live")
    {
        Description = "send a live feed (repeatable); SOURCE = station:SONGS, icecast:PORT/MOUNT, - or exec:COMMAND",
        HelpName = "NAME=SOURCE",
        Recursive = true,
    };

    private readonly Option<string?> _audioDevice = new("--audio-device")
    {
        Description = "the sound device to play on; run 'audio devices' to list the devices",
        HelpName = "NAME",
        Recursive = true,
    };

    private readonly Option<string?> _crossfade = new("--crossfade")
    {
        Description = "overlap songs by this many seconds, up to 12 (default 0: they follow each other without a gap)",
        HelpName = "SECONDS",
        Recursive = true,
    };

    private readonly Option<bool> _noPager =
        new("--no-pager") { Description = "print long results without paging, even on a terminal", Recursive = true };
    private readonly Option<bool> _verbose =
        new("--verbose") { Description = "log every state change of connections, streams and scans, and errors in full", Recursive = true };
    private readonly Option<bool> _printConfig = new("--print-config")
    {
        Description = "show the effective settings and exit",
        Recursive = true,
    };

    private readonly Option<bool> _printIdentity = new("--print-identity")
    {
        Description = "show the id of this peer's key and how to verify it, then exit",
        Recursive = true,
    };

    /// <summary>Adds the options to the root command.</summary>
    public void AddTo(Command root)
    {
        Option[] options =
        [
            _tracker, _music, _name, _port, _data, _config, _http, _live, _audioDevice, _crossfade, _logFormat, _noPager, _verbose,
            _printConfig, _printIdentity,
        ];
        foreach (var option in options)
            root.Add(option);
    }

    /// <summary>Returns whether --verbose was given.</summary>
    public bool IsVerbose(ParseResult arguments) => arguments.GetValue(_verbose);

    /// <summary>Returns whether --print-config was given.</summary>
    public bool WantsConfig(ParseResult arguments) => arguments.GetValue(_printConfig);

    /// <summary>Returns whether --print-identity was given.</summary>
    public bool WantsIdentity(ParseResult arguments) => arguments.GetValue(_printIdentity);

    /// <summary>Loads the settings from the configuration file, the environment and the options.</summary>
    public ProgramConfiguration Load(ParseResult arguments) => ProgramConfiguration.Load(new LoadRequest
    {
        Program = "peer",
        Reference = LoadRequest.EmbeddedReference(typeof(PeerOptions).Assembly),
        ConfigFile = arguments.GetValue(_config),
        WorkingDirectory = Environment.CurrentDirectory,
        ProgramDirectory = AppContext.BaseDirectory,
        Environment = LoadRequest.ProcessEnvironment(),
        CommandLine = [.. Settings(arguments)],
        SecretKeys = PeerSettingsReader.SecretKeys,
        EntryForms = PeerSettingsReader.EntryForms,
    });

    private IEnumerable<CommandLineSetting> Settings(ParseResult arguments)
    {
        if (arguments.GetValue(_tracker) is { Length: > 0 } trackers)
            yield return CommandLineSetting.List("tsp.peer.trackers", trackers, "--tracker");
        if (arguments.GetValue(_music) is { Length: > 0 } music)
            yield return CommandLineSetting.List("tsp.peer.music", music, "--music");
        if (arguments.GetValue(_name) is { } name)
            yield return CommandLineSetting.One("tsp.peer.name", name, "--name");
        if (arguments.GetValue(_port) is { } port)
            yield return CommandLineSetting.One("tsp.peer.port", port.ToString(CultureInfo.InvariantCulture), "--port");
        if (arguments.GetValue(_logFormat) is { } logFormat)
            yield return CommandLineSetting.One("tsp.peer.log-format", logFormat, "--log-format");
        if (arguments.GetValue(_noPager))
            yield return CommandLineSetting.One("tsp.peer.pager", "off", "--no-pager");
        if (arguments.GetValue(_data) is { } data)
            yield return CommandLineSetting.One("tsp.peer.data", data, "--data");
        if (arguments.GetValue(_live) is { Length: > 0 } live)
            yield return CommandLineSetting.Add("tsp.peer.live.feeds", live, "--live");
        if (arguments.GetValue(_audioDevice) is { } device)
            yield return CommandLineSetting.One("tsp.peer.listening.audio-device", device, "--audio-device");
        if (arguments.GetValue(_crossfade) is { } crossfade)
            yield return CommandLineSetting.One("tsp.peer.listening.crossfade", Seconds(crossfade), "--crossfade");
        if (arguments.GetResult(_http) is not { Implicit: false })
            yield break;
        yield return CommandLineSetting.One("tsp.peer.http.enabled", "on", "--http");
        if (arguments.GetValue(_http) is not { } endpoint)
            yield break;
        var (httpHost, httpPort) = SplitEndpoint(endpoint);
        if (httpHost is not null)
            yield return CommandLineSetting.One("tsp.peer.http.host", httpHost, "--http");
        yield return CommandLineSetting.One("tsp.peer.http.port", httpPort, "--http");
    }

    // A plain number means seconds. Anything else is left to the setting's own check, which explains what is wrong.
    private static string Seconds(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) ? $"{text}s" : text;

    // A port alone, an address alone, or both. Anything else is left to the port setting's own check, which explains what is wrong.
    private static (string? Host, string Port) SplitEndpoint(string endpoint)
    {
        const string anyPort = ":0";
        if (endpoint.Length > 0 && endpoint.All(char.IsAsciiDigit))
            return (null, endpoint);
        if (HostPort.TryParse(endpoint, GatewaySettings.DefaultPort, out var parsed))
            return (parsed.Host, parsed.Port.ToString(CultureInfo.InvariantCulture));
        return endpoint.EndsWith(anyPort, StringComparison.Ordinal) && HostPort.TryParseHost(endpoint[..^anyPort.Length], out var host)
            ? (host, "0")
            : (null, endpoint);
    }
}
