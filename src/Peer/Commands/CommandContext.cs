using Akka.Actor;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Listening;
using TspActors.Playback;
using TspActors.Transport;

namespace TspActors.Peer.Commands;

/// <summary>Thrown when a signal asks the process to end before its command is done.</summary>
internal sealed class StoppedException() : Exception("stopped");

/// <summary>The context in which every command runs: the configuration, the settings and the log level.</summary>
/// <param name="Configuration">The configuration that the program was started with.</param>
/// <param name="Settings">The settings in the configuration.</param>
/// <param name="Verbose">Whether events of all levels are logged.</param>
/// <param name="Reload">Reloads the configuration.</param>
internal sealed record CommandContext(
    ProgramConfiguration Configuration, PeerSettings Settings, bool Verbose, Func<ProgramConfiguration> Reload)
{
    /// <summary>Starts an actor system.</summary>
    public Task<ActorHost> StartHostAsync(string name) =>
        ActorHost.StartAsync(name, Configuration.Config, TspTransport.Hocon,
            new LogSettings(Verbose, Settings.LogFormat, Settings.LogLevel));

    /// <summary>Returns the source of a token that is cancelled when a signal asks the process to end.</summary>
    public static CancellationTokenSource StopOnSignal(ActorHost host)
    {
        var stop = new CancellationTokenSource();
        _ = host.WaitForSignalAsync().ContinueWith(_ => stop.CancelAsync(), TaskScheduler.Default);
        return stop;
    }

    /// <summary>Runs the work of a command until it is done or a signal asks the process to end.</summary>
    /// <exception cref="StoppedException">A signal arrived before the work was done.</exception>
    public static async Task<T> UntilSignalAsync<T>(ActorHost host, Func<CancellationToken, Task<T>> work)
    {
        // The actor host handles the signals, so none of them ends the process by itself.
        using var stop = StopOnSignal(host);
        try
        {
            return await work(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new StoppedException();
        }
    }

    /// <summary>Returns a function that creates a player with this sound output.</summary>
    public Func<AudioPipeline> PlayerFactory(AudioBackend backend) =>
        () => new AudioPipeline(new SongPlayer(backend, Settings.Listening.Player), Settings.Listening.Cues);

    /// <summary>Returns the reason why a sound output was chosen, and that output's limitations.</summary>
    public static string Describe(AudioBackend backend) =>
        backend.AppliesVolume ? backend.Reason : $"{backend.Reason}, without ReplayGain or crossfades";

    /// <summary>Stands in for the sound output in commands that play nothing. Always throws.</summary>
    public static AudioPipeline NoPlayer() => throw new InvalidOperationException("This command plays nothing.");
}
