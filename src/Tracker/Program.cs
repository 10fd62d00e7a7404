using System.CommandLine;
using Akka.Event;
using TspActors.Configuration;
using TspActors.Tracker.Observing;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>The tracker program: reads its command line and settings, runs a <see cref="TrackerNode"/> until it is told to end.</summary>
internal static class Program
{
    private static readonly Option<FileInfo?> Config = new("--config") { Description = "HOCON file with settings", HelpName = "FILE" };
    private static readonly Option<string?> HostOption = new("--host") { Description = "address to listen on", HelpName = "ADDR" };
    private static readonly Option<int?> Port = new("--port") { Description = "port to listen on; 0 = any (default 7070)", HelpName = "PORT" };
    private static readonly Option<string?> Name = new("--name") { Description = "what peers see it as", HelpName = "NAME" };
    private static readonly Option<int?> ClusterPort = new("--cluster-port") { Description = "port for other trackers of a cluster (not in this version)", HelpName = "PORT" };
    private static readonly Option<string[]> SeedNode = new("--seed-node") { Description = "a tracker of the cluster to join (not in this version)", HelpName = "HOST:PORT" };
    private static readonly Option<bool> PrintConfig = new("--print-config") { Description = "show the settings in force, and end" };
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "log more" };

    private static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("A TSP tracker: knows every connected peer and the songs it hosts.")
        {
            Config, HostOption, Port, Name, ClusterPort, SeedNode, PrintConfig, Verbose,
        };
        root.SetAction((parsed, _) => RunAsync(parsed));
        var arguments = root.Parse(args);
        if (arguments.Errors.Count > 0)
            return ProgramRun.RejectArguments(arguments.Errors.Select(error => error.Message), "tracker");
        // It ends in its own time when it is asked to, however long that takes.
        return await arguments.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null })
            .ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(ParseResult arguments)
    {
        if (arguments.GetValue(ClusterPort) is not null || arguments.GetValue(SeedNode) is { Length: > 0 })
            return ProgramRun.RejectArguments(["this version runs a single tracker: leave --cluster-port and --seed-node out"], "tracker");
        try
        {
            var configuration = ProgramConfiguration.Load(new LoadRequest
            {
                Program = "tracker",
                Reference = LoadRequest.EmbeddedReference(typeof(Program).Assembly),
                ConfigFile = arguments.GetValue(Config)?.ToString(),
                WorkingDirectory = Environment.CurrentDirectory,
                ProgramDirectory = AppContext.BaseDirectory,
                Environment = LoadRequest.ProcessEnvironment(),
                CommandLine = [.. CommandLine(arguments)],
                SecretKeys = TrackerSettingsReader.SecretKeys,
            });
            var settings = TrackerSettingsReader.Read(configuration);
            if (arguments.GetValue(PrintConfig))
            {
                Console.Out.Write(configuration.Print());
                return ProgramRun.Done;
            }

            return await ServeAsync(configuration, settings, arguments.GetValue(Verbose)).ConfigureAwait(false);
        }
        catch (SettingsException error)
        {
            return ProgramRun.Report(error);
        }
        catch (ListenException error)
        {
            return ProgramRun.Fail(error.Message);
        }
    }

    private static async Task<int> ServeAsync(ProgramConfiguration configuration, TrackerSettings settings, bool verbose)
    {
        var vitals = new TrackerVitals();
        // Both take a while, and neither needs the other.
        var starting = Task.Run(() => StartHttpAsync(settings.Http, vitals));
        await using var host = await ActorHost.StartAsync(
            "tsp-tracker", configuration.Config, TspTransport.Hocon, verbose).ConfigureAwait(false);
        await using var http = await starting.ConfigureAwait(false);
        if (http is not null)
            host.System.Log.Info("Health, metrics and statistics are on http://{0}", http.Address);
        var ended = host.WaitForSignalAsync();
        var tracker = await TrackerNode.StartAsync(host.System, settings, vitals).ConfigureAwait(false);
        await Console.Error.WriteLineAsync($"tracker ready on {tracker.Address}").ConfigureAwait(false);
        await ended.ConfigureAwait(false);
        await tracker.StopAsync().ConfigureAwait(false);
        return ProgramRun.Done;
    }

    private static async Task<TrackerHttp?> StartHttpAsync(HttpSettings settings, TrackerVitals vitals) =>
        settings.Enabled ? await TrackerHttp.StartAsync(settings, vitals).ConfigureAwait(false) : null;

    private static IEnumerable<CommandLineSetting> CommandLine(ParseResult arguments)
    {
        if (arguments.GetValue(HostOption) is { } host)
            yield return CommandLineSetting.One("tsp.tracker.host", host, "--host");
        if (arguments.GetValue(Port) is { } port)
            yield return CommandLineSetting.One("tsp.tracker.port", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--port");
        if (arguments.GetValue(Name) is { } name)
            yield return CommandLineSetting.One("tsp.tracker.name", name, "--name");
    }
}
