using System.CommandLine;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Event;
using TspActors.Configuration;
using TspActors.Configuration.CommandLines;
using TspActors.Configuration.DataFolders;
using TspActors.Configuration.Hosting;
using TspActors.Monitoring;
using TspActors.Protocol;
using TspActors.Tracker.AkkaInternals;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Ids;
using TspActors.Tracker.Members.Commands;
using TspActors.Tracker.Monitoring;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>
/// The tracker program: reads its command line and settings, and runs a <see cref="TrackerNode"/> until it receives a stop signal.
/// </summary>
internal static class Program
{
    private static readonly Option<FileInfo?> Config = new("--config") { Description = "HOCON file with settings", HelpName = "FILE", Recursive = true };
    private static readonly Option<string?> HostOption = new("--host") { Description = "address to listen on", HelpName = "ADDR" };
    private static readonly Option<int?> Port =
        new("--port") { Description = "port to listen on; 0 = any free port (default 7070)", HelpName = "PORT" };
    private static readonly Option<string?> Name = new("--name") { Description = "the tracker's name, as peers see it", HelpName = "NAME" };
    private static readonly Option<bool> Announce = new("--announce") { Description = "announce this tracker on the local network (mDNS)" };
    private static readonly Option<int?> ClusterPort = new("--cluster-port")
    {
        Description = "port for other trackers; makes this tracker a member of a cluster",
        HelpName = "PORT",
    };
    private static readonly Option<string[]> SeedNode = new("--seed-node")
    {
        Description = "cluster port of a tracker to join; the same list for every tracker (repeatable)",
        HelpName = "HOST:PORT",
    };
    private static readonly Option<string?> Data =
        new("--data")
        {
            Description = "folder in which to keep the key, the members and the song ids (default: song ids are not kept)",
            HelpName = "DIR",
            Recursive = true,
        };
    private static readonly Option<bool> PrintConfig = new("--print-config") { Description = "show the effective settings and exit" };
    private static readonly Option<bool> PrintIdentity =
        new("--print-identity") { Description = "show the id of the tracker's key, and how to verify it, and exit" };
    private static readonly Option<string?> LogFormatOption =
        new("--log-format") { Description = "text, or json: one JSON object per line (default text)", HelpName = "FORMAT" };
    private static readonly Option<bool> Verbose =
        new("--verbose") { Description = "log every change to connections, peers, songs and the cluster, and errors in full" };

    private static readonly (string Section, string Text)[] Manual =
    [
        ("Files", "config/tracker.conf under the working directory, otherwise the copy beside the program: all settings, each with its default."),
        ("Environment", "TSP__TRACKER__ and the path of a setting, such as TSP__TRACKER__PORT=7070, override the file. The command line overrides both."),
        ("Exit status", "0 = done, 1 = failed with one line that says why, 2 = bad arguments or settings."),
        ("See also", "tsp-peer(1)"),
    ];

    // An argument that begins with "@" is text, not the name of a file with arguments.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    private static async Task<int> Main(string[] args)
    {
        ProgramOutput.TakeOver();
        return ProgramOutput.End(await RunAsync(args).ConfigureAwait(false));
    }

    private static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("A TSP tracker: knows every connected peer and the songs it hosts.")
        {
            Config, HostOption, Port, Name, Announce, Data, ClusterPort, SeedNode, PrintConfig, PrintIdentity, LogFormatOption, Verbose,
        };
        foreach (var command in MemberCommands.For(OpenMembers))
            root.Add(command);
        foreach (var command in BackupCommands.For((parsed, act) => Task.FromResult(RunOnFolder(parsed, act))))
            root.Add(command);
        ShellCommands.AddTo(root, "tsp-tracker", Manual);
        root.SetAction((parsed, _) => RunAsync(parsed));
        var arguments = root.Parse(args, Parsing);
        if (MistypedOptions.Find(arguments, args) is { Count: > 0 } mistyped)
            return ProgramRun.RejectArguments(mistyped, "tracker");
        if (arguments.Errors.Count > 0)
            return ProgramRun.RejectArguments(arguments.Errors.Select(error => error.Message), "tracker");
        // ExitSignals handles signals. The library's own handling would terminate the program after a fixed time, even in an orderly
        // shutdown.
        return await arguments.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null })
            .ConfigureAwait(false);
    }

    private static int RunOnFolder(ParseResult arguments, Func<FolderContents, int> act)
    {
        try
        {
            return act(DataFormat.ContentsOf(TrackerSettingsReader.Read(Load(arguments))));
        }
        catch (SettingsException error)
        {
            return ProgramRun.Report(error);
        }
        catch (IOException error)
        {
            return ProgramRun.Fail(error.Message);
        }
    }

    private static async Task<int> RunAsync(ParseResult arguments)
    {
        try
        {
            var configuration = Load(arguments);
            var settings = TrackerSettingsReader.Read(configuration);
            if (arguments.GetValue(PrintConfig))
            {
                Console.Out.Write(configuration.Print());
                return ProgramRun.Done;
            }

            DataFormat.Check(settings);
            if (arguments.GetValue(PrintIdentity))
            {
                Console.Out.Write(TrackerKey.Describe(settings));
                return ProgramRun.Done;
            }

            var live = new LiveSettings(settings, arguments.GetValue(Verbose));
            // SIGHUP must not stop a tracker.
            using var reload = new ConfigurationReload(
                configuration, () => Load(arguments), live.IsLive, read => live.Apply(TrackerSettingsReader.Read(read)),
                Console.Error.WriteLine);
            using var relief = HeapRelief.Start();
            return await ServeAsync(configuration, live, arguments.GetValue(Verbose)).ConfigureAwait(false);
        }
        catch (SettingsException error)
        {
            return ProgramRun.Report(error);
        }
        catch (Exception error) when (error is ListenException or IOException or ClusterMismatchException)
        {
            return ProgramRun.Fail(error.Message);
        }
    }

    private static (TrackerSettings Settings, string Folder, KeyId Key) OpenMembers(ParseResult arguments)
    {
        var settings = TrackerSettingsReader.Read(Load(arguments));
        if (settings.Encryption == TrackerEncryption.Off)
            throw new IOException("members need TLS: set tsp.tracker.encryption to accept or require");
        var folder = TrackerKey.FolderOf(settings);
        DataFormat.Check(settings);
        using var identity = TrackerKey.LoadKept(settings);
        return (settings, folder, identity.KeyId);
    }

    private static ProgramConfiguration Load(ParseResult arguments) => ProgramConfiguration.Load(new LoadRequest
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

    // A tracker that was removed from its cluster restarts with an empty catalog, because its old one is out of date.
    private static async Task<int> ServeAsync(ProgramConfiguration configuration, LiveSettings live, bool verbose)
    {
        var settings = live.Current;
        using var signals = new ExitSignals();
        // Without a data folder, the key lives as long as the program, no matter how often the tracker rejoins its cluster.
        var keys = settings.Cluster is { Port: not null, Secret: { } secret } ? ReceiptKeys.Shared(secret.ReceiptKey) : ReceiptKeys.New();
        // The ids outlive a removal from the cluster, so that this tracker can bring them back when it rejoins.
        var ids = new IdTable();
        var quiet = new RejoinPause(TimeProvider.System);
        for (var beginsCluster = true; ; beginsCluster = false)
        {
            await ServeOnceAsync(configuration, live, (keys, ids), verbose, beginsCluster, signals.Requested).ConfigureAwait(false);
            if (signals.Requested.IsCompleted)
                return ProgramRun.Done;
            var pause = quiet.AfterRemoval();
            await Console.Error.WriteLineAsync(
                "this tracker is no longer in its cluster, probably because of a lost connection; joining again"
                + (pause == TimeSpan.Zero ? "" : $" in {pause.TotalSeconds:0} s, because it was removed repeatedly"))
                .ConfigureAwait(false);
            await AwayFromCluster.WaitAsync(settings.Http, pause, signals.Requested).ConfigureAwait(false);
            if (signals.Requested.IsCompleted)
                return ProgramRun.Done;
        }
    }

    // Returns when a signal asks the tracker to stop, or when the tracker is no longer in its cluster.
    private static async Task ServeOnceAsync(
        ProgramConfiguration configuration, LiveSettings live, (ReceiptKeys Keys, IdTable Ids) memory, bool verbose, bool beginsCluster,
        Task asked)
    {
        var settings = live.Current;
        var telemetry = new TrackerTelemetry();
        // The HTTP server and the actor system start in parallel, because neither needs the other.
        var starting = Task.Run(() => StartHttpAsync(settings.Http, telemetry));
        await using var host = await StartHostAsync(configuration, settings, verbose).ConfigureAwait(false);
        using var ending = new CancellationTokenSource();
        if (settings.Cluster.Port is not null)
            ShutdownHold.Begin(host.System, ending.Token);
        try
        {
            await using var http = await OpenHttpAsync(starting, settings.Http, host.System).ConfigureAwait(false);
            if (http is not null)
                host.System.Log.Info("Health checks, metrics and statistics are on http://{0}", http.Address);
            if (settings.DataFolder is null && beginsCluster)
                host.System.Log.Info("Song ids are not saved: after a restart, an id goes to the first peer that offers it. A data folder (--data) keeps the ids safe");
            await RunAsync(host, live, verbose, memory, telemetry, beginsCluster, asked, ending.Token).ConfigureAwait(false);
        }
        catch (RemovedException removed)
        {
            host.System.Log.Debug("not ready: {0}", removed);
        }
        finally
        {
            live.Follow(null);
            await ending.CancelAsync().ConfigureAwait(false);
        }
    }

    private static async Task RunAsync(
        ActorHost host, LiveSettings live, bool verbose, (ReceiptKeys Keys, IdTable Ids) memory, TrackerTelemetry telemetry,
        bool beginsCluster, Task asked, CancellationToken ending)
    {
        var settings = live.Current;
        var joining = TrackerNode.StartAsync(
            host.System, settings, memory.Keys, memory.Ids, telemetry, beginsCluster, ending);
        await Task.WhenAny(joining, asked).ConfigureAwait(false);
        if (!joining.IsCompleted)
            return;
        var tracker = await joining.ConfigureAwait(false);
        live.Follow(changed =>
        {
            tracker.SetAllowedMembers(changed.AllowedMembers);
            host.SetLogLevel(new LogSettings(verbose, changed.LogFormat, changed.LogLevel).EffectiveLevel);
        });
        using var renewal = OperatingSystem.IsWindows() ? null : CheckCertificateOnSignal(tracker);
        await Console.Error.WriteLineAsync($"tracker ready on {ListenAddress.Shown(tracker.Address, settings.ListensEverywhere)}").ConfigureAwait(false);
        if (tracker.SecureAddress is { } secure)
            await Console.Error.WriteLineAsync($"tracker ready on {secure}").ConfigureAwait(false);
        await Task.WhenAny(asked, tracker.Removed, tracker.Lost).ConfigureAwait(false);
        if (tracker.Removed.IsFaulted)
            await tracker.Removed.ConfigureAwait(false);
        if (tracker.IsOver)
            return;
        var wasLost = !asked.IsCompleted;
        await tracker.StopAsync().ConfigureAwait(false);
        if (wasLost)
            throw new ListenException(
                $"the tracker no longer listens on {tracker.Address}, so no peer can connect; the log above may say why. Start the tracker again");
    }

    // A program that has renewed the certificate may send SIGHUP, so that the tracker need not wait for its next check.
    private static PosixSignalRegistration CheckCertificateOnSignal(TrackerNode tracker) =>
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            tracker.CheckCertificate();
        });

    private static Task<ActorHost> StartHostAsync(ProgramConfiguration configuration, TrackerSettings settings, bool verbose)
    {
        // These settings protect the cluster port, so they override the user's akka.* keys.
        var cluster = ClusterHocon.For(settings.Cluster);
        Clustering.ClusterPort.EnsureFree(settings.Cluster);
        return ActorHost.StartAsync(
            ClusterHocon.SystemName, cluster.WithFallback(configuration.Config), TspTransport.Hocon,
            new LogSettings(verbose, settings.LogFormat, settings.LogLevel), ClusterHocon.Setups(settings.Cluster));
    }

    // The user did not choose the default port, so if that port is taken, for example by another tracker, this tracker continues without
    // HTTP.
    private static async Task<TrackerHttp?> OpenHttpAsync(Task<TrackerHttp?> starting, MonitoringSettings settings, ActorSystem system)
    {
        try
        {
            return await starting.ConfigureAwait(false);
        }
        catch (ListenException error) when (!settings.IsPortChosen)
        {
            system.Log.Warning("{0}. This tracker continues without health checks, metrics and statistics", error.Message);
            return null;
        }
    }

    private static async Task<TrackerHttp?> StartHttpAsync(MonitoringSettings settings, TrackerTelemetry telemetry) =>
        settings.Enabled ? await TrackerHttp.StartAsync(settings, telemetry).ConfigureAwait(false) : null;

    private static IEnumerable<CommandLineSetting> CommandLine(ParseResult arguments)
    {
        if (arguments.GetValue(HostOption) is { } host)
            yield return CommandLineSetting.One("tsp.tracker.host", host, "--host");
        if (arguments.GetValue(Port) is { } port)
            yield return CommandLineSetting.One(
                "tsp.tracker.port", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--port");
        if (arguments.GetValue(Name) is { } name)
            yield return CommandLineSetting.One("tsp.tracker.name", name, "--name");
        if (arguments.GetValue(Announce))
            yield return CommandLineSetting.One("tsp.tracker.mdns.enabled", "on", "--announce");
        if (arguments.GetValue(Data) is { } data)
            yield return CommandLineSetting.One("tsp.tracker.data", data, "--data");
        if (arguments.GetValue(LogFormatOption) is { } logFormat)
            yield return CommandLineSetting.One("tsp.tracker.log-format", logFormat, "--log-format");
        if (arguments.GetValue(ClusterPort) is { } clusterPort)
            yield return CommandLineSetting.One(
                "tsp.tracker.cluster.port", clusterPort.ToString(System.Globalization.CultureInfo.InvariantCulture), "--cluster-port");
        if (arguments.GetValue(SeedNode) is { Length: > 0 } seeds)
            yield return CommandLineSetting.List("tsp.tracker.cluster.seed-nodes", seeds, "--seed-node");
    }
}
