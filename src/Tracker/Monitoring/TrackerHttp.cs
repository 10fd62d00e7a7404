using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TspActors.Monitoring;
using TspActors.Transport;

namespace TspActors.Tracker.Monitoring;

/// <summary>
/// The tracker's read-only HTTP server: the status page, /health/live, /health/ready, /metrics in Prometheus text format, and /stats as
/// JSON.
/// </summary>
public sealed class TrackerHttp : IAsyncDisposable
{
    private readonly MonitoringServer _server;
    private readonly TrackerInstruments _instruments;

    private TrackerHttp(MonitoringServer server, TrackerInstruments instruments) => (_server, _instruments) = (server, instruments);

    /// <summary>The endpoint to which the server is bound.</summary>
    public IPEndPoint Address => _server.Address;

    /// <summary>Starts the server and opens its port.</summary>
    /// <exception cref="ListenException">The port could not be opened; the message says why and which setting to change.</exception>
    public static async Task<TrackerHttp> StartAsync(MonitoringSettings settings, TrackerTelemetry telemetry)
    {
        ArgumentNullException.ThrowIfNull(telemetry);
        var instruments = new TrackerInstruments(telemetry);
        var page = new StatusPage(new StatusFeed(() => StatusReport.Collect(telemetry), TimeProvider.System));
        try
        {
            return new TrackerHttp(
                await MonitoringServer.StartAsync(settings, new MonitoringContent
                {
                    Section = "tsp.tracker.http",
                    MeterName = TrackerInstruments.MeterName,
                    FindReasonsNotReadyAsync = () => Task.FromResult(telemetry.Readiness.Missing),
                    TryAnswer = context => context.Request.Path == "/stats" ? WriteStatisticsAsync(context, telemetry) : page.TryAnswer(context),
                    OtherPaths = ["/", "/api/status", "/stats"],
                }).ConfigureAwait(false),
                instruments);
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

    private static Task WriteStatisticsAsync(HttpContext context, TrackerTelemetry telemetry) =>
        context.Response.WriteAsJsonAsync(TrackerStatistics.Collect(telemetry), JsonSerializerOptions.Web, context.RequestAborted);
}
