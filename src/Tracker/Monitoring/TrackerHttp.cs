using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using TspActors.Transport;
using TspActors.Transport.Server;

namespace TspActors.Tracker.Monitoring;

/// <summary>
/// The tracker's read-only HTTP server: the status page, /health/live, /health/ready, /metrics in Prometheus text format, /stats as JSON.
/// </summary>
public sealed class TrackerHttp : IAsyncDisposable
{
    private const string Paths = "/, /api/status, /health/live, /health/ready, /metrics, /stats";

    private const int ShareOfLoopback = 5;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _application;
    private readonly TrackerInstruments _instruments;

    private TrackerHttp(WebApplication application, TrackerInstruments instruments, IPEndPoint address)
    {
        _application = application;
        _instruments = instruments;
        Address = address;
    }

    /// <summary>The endpoint to which the server is bound.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts the server and opens its port.</summary>
    /// <exception cref="ListenException">The port could not be opened; the message says why and which setting to change.</exception>
    public static async Task<TrackerHttp> StartAsync(HttpSettings settings, TrackerTelemetry telemetry)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(telemetry);
        var instruments = new TrackerInstruments(telemetry);
        // No configuration, logging or routing: the server starts faster, and standard error contains only the tracker's own lines.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, settings));
        builder.Services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder()
            .AddMeter(TrackerInstruments.MeterName, "System.Runtime")
            .AddPrometheusExporter(exporter =>
            {
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
            })
            .Build());
        var application = builder.Build();
        application.Use(MarkBusyAsync);
        var hosts = new HostAllowList(settings.AllowedHosts);
        application.Use((context, next) => hosts.Allows(context.Request.Host.Host.Trim('[', ']'))
            ? next(context)
            : WriteTextAsync(context, HttpStatusCode.BadRequest, "this host name is not allowed here; add it to tsp.tracker.http.allowed-hosts"));
        application.UseOpenTelemetryPrometheusScrapingEndpoint();
        var page = new StatusPage(new StatusFeed(() => StatusReport.Collect(telemetry), TimeProvider.System));
        application.Run(context => AnswerAsync(context, telemetry, page));
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            instruments.Dispose();
            await application.DisposeAsync().ConfigureAwait(false);
            throw new ListenException(
                $"cannot open the HTTP port: {BindFailure.Text(settings.Endpoint, error)}; set tsp.tracker.http.port to a different one (0 = any free port), "
                + "or tsp.tracker.http.enabled to off");
        }

        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        var port = new Uri(addresses.Single()).Port;
        return new TrackerHttp(application, instruments, new IPEndPoint(settings.Endpoint.Address, port));
    }

    /// <summary>Stops the server and closes its port.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(StopTimeout);
        await _application.StopAsync(deadline.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _instruments.Dispose();
    }

    // These limits are enough for a few scrapers and health checks. Other clients must cost the tracker next to nothing.
    private static void Configure(KestrelServerOptions kestrel, HttpSettings settings)
    {
        var seats = new HttpSeats(new HttpSeatLimits(
            settings.MaxConnections, OfAddress: settings.MaxConnections,
            ForLoopback: Math.Max(1, settings.MaxConnections / ShareOfLoopback), ClosesBusy: true));
        kestrel.Listen(settings.Endpoint, listen => listen.Use(next => async connection =>
        {
            // A seat is always found, because busy connections give way, too.
            using var seat = seats.TryEnter((connection.RemoteEndPoint as IPEndPoint)?.Address, connection.Abort);
            connection.Features.Set(seat);
            await next(connection).ConfigureAwait(false);
        }));
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = settings.IdleTimeout;
    }

    private static async Task MarkBusyAsync(HttpContext context, RequestDelegate next)
    {
        using var request = context.Features.Get<HttpSeat>()?.BeginRequest();
        await next(context).ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, TrackerTelemetry telemetry, StatusPage page)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return WriteTextAsync(context, HttpStatusCode.MethodNotAllowed, "only GET and HEAD are supported here");
        switch (context.Request.Path.Value)
        {
            case "/health/live":
                return WriteTextAsync(context, HttpStatusCode.OK, "alive");
            case "/health/ready":
                return telemetry.Readiness.Missing is { Count: > 0 } missing
                    ? WriteTextAsync(context, HttpStatusCode.ServiceUnavailable, string.Join('\n', missing))
                    : WriteTextAsync(context, HttpStatusCode.OK, "ready");
            case "/stats":
                return context.Response.WriteAsJsonAsync(
                    TrackerStatistics.Collect(telemetry), JsonSerializerOptions.Web, context.RequestAborted);
            default:
                return page.TryAnswer(context) ?? WriteTextAsync(context, HttpStatusCode.NotFound, $"available paths: {Paths}");
        }
    }

    private static Task WriteTextAsync(HttpContext context, HttpStatusCode status, string text)
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{text}\n", context.RequestAborted);
    }
}
