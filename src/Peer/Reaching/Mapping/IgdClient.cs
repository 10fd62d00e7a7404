using System.Net;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Asks a router for mappings via UPnP.</summary>
/// <remarks>
/// All requests go to the router's own address. Redirects are not followed, proxies are not used, and replies are limited in time and size.
/// </remarks>
internal sealed class IgdClient : IDisposable
{
    // In kilobytes. A router's headers are a few hundred bytes.
    private const int MaxHeaderKilobytes = 8;

    private readonly PortMappingSettings _settings;
    private readonly PeerId _peer;
    private readonly HttpClient _http;

    public IgdClient(PortMappingSettings settings, PeerId peer)
    {
        _settings = settings;
        _peer = peer;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        {
            Timeout = settings.HttpTimeout,
            MaxResponseContentBufferSize = BoundedXml.MaxLength,
        };
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose() => _http.Dispose();

    /// <summary>Searches for the router's service and asks it for a mapping.</summary>
    /// <param name="gateway">The router.</param>
    /// <param name="port">This machine's port.</param>
    /// <param name="externalPort">The router's port to ask for first.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    public async Task<MappingOutcome> AskAsync(RouterAddresses gateway, int port, int externalPort, CancellationToken cancellation)
    {
        if (await IgdSearch.FindAsync(gateway, _settings, cancellation).ConfigureAwait(false) is not { } location)
            return MappingOutcome.Failed("the router does not reply to UPnP");
        if (await DescribeAsync(location, gateway, cancellation).ConfigureAwait(false) is not { } service)
            return MappingOutcome.Failed("the router's UPnP description lists no port mapping service");
        return await AddAsync(gateway, service, port, externalPort, cancellation).ConfigureAwait(false);
    }

    /// <summary>Asks a known service to grant or renew a mapping.</summary>
    /// <param name="gateway">The router.</param>
    /// <param name="service">The router's service.</param>
    /// <param name="port">This machine's port.</param>
    /// <param name="externalPort">The router's port to ask for first.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    public async Task<MappingOutcome> AddAsync(
        RouterAddresses gateway, IgdService service, int port, int externalPort, CancellationToken cancellation)
    {
        var plan = new MappingPlan(_peer, externalPort, _settings.Lease);
        var leaseSeconds = plan.First.LeaseSeconds;
        for (MappingStep step = plan.First; ;)
        {
            switch (step)
            {
                case AddMapping add:
                    leaseSeconds = add.LeaseSeconds;
                    if (await PostAsync(service, IgdSoap.Add(service.Type, add, gateway.Local, port), cancellation).ConfigureAwait(false)
                        is not { } added)
                        return MappingOutcome.Failed("the router's UPnP service does not reply");
                    step = added.IsSuccess ? plan.AfterGrant() : plan.AfterError(added.ErrorCode);
                    break;
                case CheckMapping check:
                    var found = await PostAsync(service, IgdSoap.Check(service.Type, check.ExternalPort), cancellation)
                        .ConfigureAwait(false);
                    step = plan.AfterCheck(found is not null && found.LeadsTo(gateway.Local, port));
                    break;
                case KeepMapping keep:
                    return MappingOutcome.Granted(new PortMapping(MappingProtocol.Upnp, gateway, port, keep.ExternalPort)
                    {
                        ExternalAddress = await ExternalAddressAsync(service, cancellation).ConfigureAwait(false),
                        Lease = TimeSpan.FromSeconds(leaseSeconds),
                        Service = service,
                    });
                case GiveUp giveUp:
                    return MappingOutcome.Failed(giveUp.Reason, giveUp.Pause);
                default:
                    throw new InvalidOperationException("UPnP has no other steps.");
            }
        }
    }

    /// <summary>
    /// Returns whether the router says that it no longer has the mapping. False if it does not reply, or does not support the query.
    /// </summary>
    public async Task<bool> IsLostAsync(PortMapping mapping, CancellationToken cancellation)
    {
        if (mapping.Service is not { } service)
            return false;
        var reply = await PostAsync(service, IgdSoap.Check(service.Type, mapping.ExternalPort), cancellation).ConfigureAwait(false);
        return reply is { ErrorCode: IgdError.NoSuchEntry }
            || (reply is { NamesTarget: true } && !reply.LeadsTo(mapping.RouterAddresses.Local, mapping.InternalPort));
    }

    /// <summary>Asks the router to delete a mapping, without checking the result.</summary>
    public async Task ReleaseAsync(PortMapping mapping, CancellationToken cancellation)
    {
        if (mapping.Service is { } service)
            await PostAsync(service, IgdSoap.Delete(service.Type, mapping.ExternalPort), cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Asks the router to delete a mapping to a former address of this machine, if the router still has it. Otherwise, a mapping without a
    /// lease would forever forward connections from the Internet to whichever machine gets that address.
    /// </summary>
    public async Task ReleaseLeftoverAsync(PortMapping mapping, CancellationToken cancellation)
    {
        if (mapping.Service is not { } service)
            return;
        // On a different network, another router may have the same address, and its mappings may belong to others.
        var reply = await PostAsync(service, IgdSoap.Check(service.Type, mapping.ExternalPort), cancellation).ConfigureAwait(false);
        if (reply is not null && reply.LeadsTo(mapping.RouterAddresses.Local, mapping.InternalPort))
            await ReleaseAsync(mapping, cancellation).ConfigureAwait(false);
    }

    private async Task<IgdService?> DescribeAsync(Uri location, RouterAddresses gateway, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, location);
        var reply = await SendAsync(request, cancellation).ConfigureAwait(false);
        return reply is { Status: HttpStatusCode.OK } ? IgdDescription.FindService(reply.Body, location, gateway.Address) : null;
    }

    // The mapping already exists, so the caller must learn of it even if the attempt is cancelled.
    private async Task<IPAddress?> ExternalAddressAsync(IgdService service, CancellationToken cancellation)
    {
        try
        {
            return (await PostAsync(service, IgdSoap.ExternalAddress(service.Type), cancellation).ConfigureAwait(false))?.ExternalAddress;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<IgdReply?> PostAsync(IgdService service, IgdRequest soap, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, service.Control)
        {
            Content = new StringContent(soap.Body, Encoding.UTF8, "text/xml"),
        };
        request.Headers.TryAddWithoutValidation("SOAPAction", soap.Action);
        return await SendAsync(request, cancellation).ConfigureAwait(false) is { } reply
            ? IgdSoap.Parse((int)reply.Status, reply.Body)
            : null;
    }

    // Returns null if the router did not reply in time, or if its reply was too long.
    private async Task<HttpReply?> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            return new HttpReply(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed record HttpReply(HttpStatusCode Status, byte[] Body);
}
