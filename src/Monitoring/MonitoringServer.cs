using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
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

namespace TspActors.Monitoring;

/// <summary>
/// A read-only HTTP server for the operators of a program: /health/live, /health/ready, /metrics in Prometheus text format, and any paths
/// that the program adds.
/// </summary>
public sealed class MonitoringServer : IAsyncDisposable
{
    private const string MetricsPath = "/metrics";

    private const int LoopbackDivisor = 5;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _application;

    private MonitoringServer(WebApplication application, IPEndPoint address) => (_application, Address) = (application, address);

    /// <summary>The endpoint that the server is bound to.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts the server and opens its port.</summary>
    /// <exception cref="ListenException">The port could not be opened; the message says why and which setting to change.</exception>
    public static async Task<MonitoringServer> StartAsync(MonitoringSettings settings, MonitoringContent content)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(content);
        // No configuration, logging or routing: the server starts faster, and standard error contains only the program's own lines.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, settings));
        builder.Services.AddSingleton(_ => Sdk.CreateMeterProviderBuilder()
            .AddMeter(content.MeterName, "System.Runtime")
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
            : WriteTextAsync(
                context, HttpStatusCode.BadRequest, $"this host name is not allowed here; add it to {content.Section}.allowed-hosts"));
        application.Use(async (context, next) =>
        {
            // The exporter also answers the paths below /metrics.
            if (!context.Request.Path.StartsWithSegments(MetricsPath))
            {
                await next(context).ConfigureAwait(false);
                return;
            }

            await content.RefreshAsync().ConfigureAwait(false);
            await WriteFromMemoryAsync(context, next).ConfigureAwait(false);
        });
        application.UseOpenTelemetryPrometheusScrapingEndpoint(MetricsPath);
        application.Run(context => AnswerAsync(context, content));
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new ListenException(
                $"cannot open the HTTP port: {BindFailure.Text(settings.Endpoint, error)}; set {content.Section}.port to a different one "
                + $"(0 = any free port), or {content.Section}.enabled to off");
        }

        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        var port = new Uri(addresses.Single()).Port;
        return new MonitoringServer(application, new IPEndPoint(settings.Endpoint.Address, port));
    }

    /// <summary>Stops the server and closes its port.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(StopTimeout);
        await _application.StopAsync(deadline.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    // These limits are enough for a few scrapers and health checks. Other clients must cost the program next to nothing.
    private static void Configure(KestrelServerOptions kestrel, MonitoringSettings settings)
    {
        var seats = new HttpSeats(new HttpSeatLimits(
            settings.MaxConnections, OfAddress: settings.MaxConnections,
            ForLoopback: Math.Max(1, settings.MaxConnections / LoopbackDivisor), ClosesBusy: true));
        kestrel.Listen(settings.Endpoint, listen => listen.Use(next => async connection =>
        {
            // A seat is always available, because even busy connections are closed to make room.
            using var seat = seats.TryEnter((connection.RemoteEndPoint as IPEndPoint)?.Address, connection.Abort);
            connection.Features.Set(seat);
            if (await SendsAsync(connection, settings.IdleTimeout).ConfigureAwait(false))
                await next(connection).ConfigureAwait(false);
        }));
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.KeepAliveTimeout = settings.IdleTimeout;
    }

    // Returns whether the client sends anything. Kestrel prepares a request as soon as it knows the connection, which costs more than all
    // the rest, and most connections of strangers send none.
    private static async Task<bool> SendsAsync(ConnectionContext connection, TimeSpan timeout)
    {
        // Kestrel asks connections to end when the server stops, and waits for them.
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, stopping);
        deadline.CancelAfter(timeout);
        try
        {
            var first = await connection.Transport.Input.ReadAsync(deadline.Token).ConfigureAwait(false);
            // Nothing is consumed, so Kestrel reads the same bytes again.
            connection.Transport.Input.AdvanceTo(first.Buffer.Start);
            return !first.Buffer.IsEmpty;
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // The client has gone or was silent for too long, the connection has given up its seat, or the server stops.
            return false;
        }
    }

    private static async Task MarkBusyAsync(HttpContext context, RequestDelegate next)
    {
        using var request = context.Features.Get<HttpSeat>()?.BeginRequest();
        await next(context).ConfigureAwait(false);
    }

    // The exporter writes one response at a time. If it wrote directly to the connections, a client that does not read would block all
    // others.
    private static async Task WriteFromMemoryAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var memory = new MemoryStream();
        context.Response.Body = memory;
        try
        {
            await next(context).ConfigureAwait(false);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            context.Response.Body = body;
        }

        context.Response.ContentLength = memory.Length;
        await body.WriteAsync(memory.GetBuffer().AsMemory(0, (int)memory.Length), context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(HttpContext context, MonitoringContent content)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            await WriteTextAsync(context, HttpStatusCode.MethodNotAllowed, "only GET and HEAD are supported here").ConfigureAwait(false);
            return;
        }

        switch (context.Request.Path.Value)
        {
            case "/health/live":
                await WriteTextAsync(context, HttpStatusCode.OK, "alive").ConfigureAwait(false);
                break;
            case "/health/ready":
                var missing = await content.FindReasonsNotReadyAsync().ConfigureAwait(false);
                await (missing.Count > 0
                    ? WriteTextAsync(context, HttpStatusCode.ServiceUnavailable, string.Join('\n', missing))
                    : WriteTextAsync(context, HttpStatusCode.OK, "ready")).ConfigureAwait(false);
                break;
            default:
                await (content.TryAnswer(context) ?? WriteTextAsync(
                    context, HttpStatusCode.NotFound, $"available paths: {string.Join(", ", Paths(content))}")).ConfigureAwait(false);
                break;
        }
    }

    private static IEnumerable<string> Paths(MonitoringContent content) =>
        content.OtherPaths.Concat(["/health/live", "/health/ready", MetricsPath]).Order(StringComparer.Ordinal);

    private static Task WriteTextAsync(HttpContext context, HttpStatusCode status, string text)
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{text}\n", context.RequestAborted);
    }
}
