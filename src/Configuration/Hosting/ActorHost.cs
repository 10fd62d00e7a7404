using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TspActors.Configuration.AkkaInternals;

namespace TspActors.Configuration.Hosting;

/// <summary>A .NET host around one actor system, with its configuration, its log on standard error, and its signal handling.</summary>
public sealed class ActorHost : IAsyncDisposable
{
    // Standard output is reserved for results. The program terminates the actor system itself, so Akka must not do so at exit.
    private const string Fixed = $$"""
        akka {
          stdout-loglevel = OFF
          stdout-logger-class = "{{SilentLogger.ClassName}}"
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          # The resolution of Akka's timers. No timer here needs the default of 10 ms, which costs 3 % of a core in an idle process.
          scheduler.tick-duration = 50ms
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """;

    private readonly IHost _host;

    private ActorHost(IHost host)
    {
        _host = host;
        System = host.Services.GetRequiredService<ActorSystem>();
    }

    /// <summary>The actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>Starts an actor system.</summary>
    /// <param name="name">The name of the actor system.</param>
    /// <param name="config">The user's settings, which override everything else.</param>
    /// <param name="defaults">The HOCON that the program's parts need.</param>
    /// <param name="log">The log settings.</param>
    /// <param name="setups">Akka settings that cannot be expressed in HOCON.</param>
    public static async Task<ActorHost> StartAsync(
        string name, Config config, string defaults, LogSettings log, params IReadOnlyList<Setup> setups)
    {
        ArgumentNullException.ThrowIfNull(log);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true);
        builder.Services.AddAkka(name, akka => setups.Aggregate(akka, (before, setup) => before.AddSetup(setup))
            .AddHocon(
                config.WithFallback(ConfigurationFactory.ParseString(Fixed)).WithFallback(ConfigurationFactory.ParseString(defaults)),
                HoconAddMode.Prepend)
            .AddSetup(new LogSetup(log))
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.LogLevel = log.EffectiveLevel;
                loggers.AddLogger<StandardErrorLoggerActor>();
            }));
        var host = builder.Build();
        await host.StartAsync().ConfigureAwait(false);
        return new ActorHost(host);
    }

    /// <summary>Changes the lowest level that is logged.</summary>
    public void SetLogLevel(LogLevel level) => System.EventStream.SetLogLevel(level);

    /// <summary>Completes when SIGTERM, SIGINT or SIGQUIT asks the process to exit.</summary>
    public async Task WaitForSignalAsync()
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration =
            _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stopping.TrySetResult());
        await stopping.Task.ConfigureAwait(false);
    }

    /// <summary>Terminates the actor system.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        _host.Dispose();
    }
}
