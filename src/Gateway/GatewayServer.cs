using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using TspActors.Configuration;
using TspActors.Gateway.Covers;
using TspActors.Gateway.Library;
using TspActors.Gateway.Live;
using TspActors.Gateway.Media;
using TspActors.Gateway.Security;
using TspActors.Gateway.Storage;
using TspActors.Gateway.Subsonic;
using TspActors.Gateway.Web;
using TspActors.Transport;
using TspActors.Transport.Server;

namespace TspActors.Gateway;

/// <summary>The running gateway: an HTTP server and everything behind it.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _application;
    private readonly IActorRef _follower;
    private readonly IAsyncDisposable[] _parts;
    private readonly GatewaySettings _settings;
    private readonly LoginTokens _logins;
    private readonly DeviceStore _devices;
    private readonly GatewayDatabase _database;

    private GatewayServer(
        WebApplication application, IActorRef follower, IAsyncDisposable[] parts, GatewayDatabase database, GatewaySettings settings,
        LoginTokens logins, DeviceStore devices, IPEndPoint address)
    {
        (_application, _follower, _parts, _database) = (application, follower, parts, database);
        (_settings, _logins, _devices, Address) = (settings, logins, devices, address);
    }

    /// <summary>The endpoint that the server is bound to.</summary>
    public IPEndPoint Address { get; }

    /// <summary>A message for the user about the owner's data; null = none.</summary>
    public string? Notice { get; private init; }

    private ServedCertificate? Certificate { get; init; }

    /// <summary>The URL of the web page.</summary>
    public string Url
    {
        get
        {
            if (_settings.PublicUrl.Length > 0)
                return _settings.PublicUrl + "/";
            var host = Address.Address.Equals(IPAddress.Any) || Address.Address.Equals(IPAddress.IPv6Any) ? "127.0.0.1" : Address.Address.ToString();
            return $"{(_settings.Certificate is null ? "http" : "https")}://{HostPort.Format(host, Address.Port)}{_settings.BasePath}/";
        }
    }

    /// <summary>
    /// Returns a link that logs one browser in and is valid for ten minutes. The first link creates a device named browser, unless that
    /// device already exists. If no key is needed, the result is the plain URL.
    /// </summary>
    /// <exception cref="DeviceException">The device cannot be created.</exception>
    public string CreateLoginLink()
    {
        const string browser = "browser";
        if (!_settings.RequiresKeys)
            return Url;
        var device = _devices.Devices.FirstOrDefault(known => known.Name == browser) ?? _devices.Add(browser);
        return $"{Url}#login={_logins.Create(new Caller(device.Name, device.Id))}";
    }

    /// <summary>Checks now whether the certificate has been renewed. Does nothing if the gateway has none.</summary>
    public void CheckCertificate() => Certificate?.Check();

    /// <summary>Starts the gateway and opens its port.</summary>
    /// <param name="system">The peer's actor system.</param>
    /// <param name="peer">The actor that handles the messages in TspActors.Gateway.Swarm.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="dataFolder">The peer's data folder.</param>
    /// <exception cref="ListenException">The port could not be opened; the message says why and which setting to change.</exception>
    /// <exception cref="IOException">The data folder or the certificate cannot be used.</exception>
    public static async Task<GatewayServer> StartAsync(ActorSystem system, IActorRef peer, GatewaySettings settings, string dataFolder)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        var (time, log) = (TimeProvider.System, Logging.GetLogger(system, "gateway"));
        var certificate = settings.Certificate is null ? null : new ServedCertificate(
            settings, time, renewal => log.Info("{0}", renewal), fault => log.Warning("{0}", fault));
        var database = GatewayDatabase.Open(dataFolder, out var notice);
        var memory = new LibraryMemory(database, log);
        var devices = new DeviceStore(dataFolder, settings.Limits.MaxDevices, time);
        var sessions = new Sessions(database, settings.Limits, time);
        var logins = new LoginTokens(time);
        var library = new MusicLibrary(settings.Library, memory, time, Random.Shared);
        var media = new MediaResponder(peer, settings.Media, Path.Combine(dataFolder, "http-cache"), time, log);
        var feeds = new LiveFeeds();
        var radio = new LiveRadio(peer, settings.Media, media.Fetches, time);
        var covers = new SwarmCovers(
            peer, library, Path.Combine(dataFolder, "http-covers"), settings.Media.CoverCache, time, log);
        var gatekeeper = new Gatekeeper(settings, devices, sessions, logins, time);
        var components = new GatewayComponents
        {
            Settings = settings,
            Library = library,
            Feeds = feeds,
            Radio = radio,
            UserData = new UserData(database, settings.Limits, time),
            Media = media,
            Covers = covers,
            Gatekeeper = gatekeeper,
            Peer = peer,
            Version = typeof(GatewayServer).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
        };
        var events = new EventStreams(components, log);
        var application = Build(settings, certificate);
        application.Use(MarkBusyAsync);
        application.Use((context, next) => ReportAsync(context, next, log));
        SecurityMiddleware.Use(application, settings);
        application.UseRouting();
        MediaEndpoints.Map(application, components);
        LiveEndpoints.Map(application, components, new LiveResponder(radio, settings.Media, media.Streams, time));
        SubsonicEndpoints.Map(application, components);
        ApiEndpoints.Map(application, components, gatekeeper, devices, sessions, events);
        PageEndpoints.MapCovers(application, components);
        PageEndpoints.Map(application);
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            await events.DisposeAsync().ConfigureAwait(false);
            await radio.DisposeAsync().ConfigureAwait(false);
            await media.DisposeAsync().ConfigureAwait(false);
            await covers.DisposeAsync().ConfigureAwait(false);
            await memory.DisposeAsync().ConfigureAwait(false);
            database.Dispose();
            certificate?.Dispose();
            throw new ListenException(
                $"cannot open the HTTP port: {BindFailure.Text(settings.Endpoint, error)}; set tsp.peer.http.port to a different one (0 = any free port)");
        }

        var follower = system.ActorOf(CatalogFollowerActor.Props(library, feeds, peer), "gateway-follower");
        var addresses = application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        var address = new IPEndPoint(settings.Endpoint.Address, new Uri(addresses.First()).Port);
        return new GatewayServer(application, follower, [events, radio, media, covers, memory], database, settings, logins, devices,
            address)
        { Notice = notice, Certificate = certificate };
    }

    /// <summary>Stops the server and closes its port and files.</summary>
    public async ValueTask DisposeAsync()
    {
        await _follower.GracefulStop(StopTimeout).ConfigureAwait(false);
        // Responses with events and live feeds never end on their own, so they are ended before the server stops.
        foreach (var part in _parts.Take(2))
            await part.DisposeAsync().ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(StopTimeout);
        await _application.StopAsync(deadline.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        foreach (var part in _parts.Skip(2))
            await part.DisposeAsync().ConfigureAwait(false);
        _database.Dispose();
        Certificate?.Dispose();
    }

    // An exception in an endpoint is the gateway's own fault. It is logged, and the client gets a 500 or an aborted connection.
    private static async Task ReportAsync(HttpContext context, RequestDelegate next, ILoggingAdapter log)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has disconnected.
        }
        catch (DeviceException error) when (!context.Response.HasStarted)
        {
            await MediaAdmission.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, error.Message).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            log.Error(error, "The request {0} {1} failed.", context.Request.Method, context.Request.Path.Value);
            if (context.Response.HasStarted)
                context.Abort();
            else
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private static async Task MarkBusyAsync(HttpContext context, RequestDelegate next)
    {
        using var request = context.Features.Get<HttpSeat>()?.BeginRequest();
        await next(context).ConfigureAwait(false);
    }

    private static WebApplication Build(GatewaySettings settings, ServedCertificate? certificate)
    {
        // No configuration and no logging, so that standard error contains only the peer's own lines.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, settings, certificate));
        builder.Services.AddRouting();
        return builder.Build();
    }

    private static void Configure(KestrelServerOptions kestrel, GatewaySettings settings, ServedCertificate? certificate)
    {
        var seats = new HttpSeats(new HttpSeatLimits(
            Math.Min(settings.Limits.MaxConnections, OpenFileLimit.HttpConnections), settings.Limits.MaxConnectionsPerAddress));
        kestrel.Listen(settings.Endpoint, listen =>
        {
            listen.Use(next => async connection =>
            {
                using var seat = seats.TryEnter((connection.RemoteEndPoint as IPEndPoint)?.Address, connection.Abort);
                if (seat is null)
                {
                    connection.Abort();
                    return;
                }

                connection.Features.Set(seat);
                await next(connection).ConfigureAwait(false);
            });
            // A certificate in Kestrel's own options could not be replaced while the gateway runs.
            if (certificate is not null)
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(
                        new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Context }),
                });
        });
        kestrel.AddServerHeader = false;
        // Live feed names can contain any characters, and players read them as UTF-8.
        kestrel.ResponseHeaderEncodingSelector = static name => name.StartsWith("icy-", StringComparison.OrdinalIgnoreCase)
            ? System.Text.Encoding.UTF8 : null;
        kestrel.Limits.MaxRequestBodySize = 4 << 20;
        // Players send long queues in the query string of a GET request.
        kestrel.Limits.MaxRequestLineSize = 256 << 10;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 << 10;
        kestrel.Limits.MaxRequestBufferSize = 512 << 10;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = settings.Limits.IdleTimeout;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        if (settings.Certificate is null)
            return;
        // Browsers and players use HTTP/2 over TLS. There, the request line is a header field, and a minimum data rate would apply to the
        // entire connection and abort the transfers to a player that pauses.
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = kestrel.Limits.MaxRequestLineSize;
        kestrel.Limits.MaxRequestHeadersTotalSize += kestrel.Limits.MaxRequestLineSize;
        kestrel.Limits.MinResponseDataRate = null;
    }
}
