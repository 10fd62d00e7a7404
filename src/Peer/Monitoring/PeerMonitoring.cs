using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Monitoring;
using TspActors.Transport;

namespace TspActors.Peer.Monitoring;

/// <summary>Serves a peer's health and metrics over HTTP: /health/live, /health/ready, /metrics.</summary>
internal sealed class PeerMonitoring : IAsyncDisposable
{
    /// <summary>The port that is used unless the settings specify a different one.</summary>
    public const int DefaultPort = 7081;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly MonitoringServer _server;
    private readonly PeerInstruments _instruments;

    private PeerMonitoring(MonitoringServer server, PeerInstruments instruments) => (_server, _instruments) = (server, instruments);

    /// <summary>The endpoint that the server is bound to.</summary>
    public IPEndPoint Address => _server.Address;

    /// <summary>Starts the server if it is switched on.</summary>
    /// <param name="system">The peer's actor system.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="hasShared">Returns whether the peer has offered its songs to the tracker at least once.</param>
    /// <returns>The server; null if it is off, or its default port is taken.</returns>
    /// <exception cref="ListenException">The configured port cannot be opened.</exception>
    public static async Task<PeerMonitoring?> StartAsync(
        ActorSystem system, MonitoringSettings settings, MonitoredPeer peer, Func<bool> hasShared)
    {
        if (!settings.Enabled)
            return null;
        var reader = new PeerReader(peer, Deadline, TimeProvider.System);
        var instruments = new PeerInstruments(reader, peer);
        try
        {
            var server = await MonitoringServer.StartAsync(settings, new MonitoringContent
            {
                Section = "tsp.peer.monitoring",
                MeterName = PeerInstruments.MeterName,
                FindReasonsNotReadyAsync = async () => (await reader.ReadAsync().ConfigureAwait(false)).FindProblems(hasShared()),
                RefreshAsync = reader.ReadAsync,
            }).ConfigureAwait(false);
            return new PeerMonitoring(server, instruments);
        }
        catch (ListenException error) when (!settings.IsPortChosen)
        {
            // This port is only a default, and another peer on this machine may be using it.
            instruments.Dispose();
            system.Log.Warning("{0}. This peer continues without health checks and metrics", error.Message);
            return null;
        }
        catch
        {
            instruments.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server and closes its port.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        _instruments.Dispose();
    }
}
