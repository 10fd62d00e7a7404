using TspActors.Protocol;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Asks the router for a mapping, and renews, checks and releases it. Each task has a deadline.</summary>
internal sealed class MappingNegotiation : IDisposable
{
    private readonly PortMappingSettings _settings;
    private readonly int _port;
    private readonly GatewaySource _gateways;
    private readonly PmpClient _pmp;
    private readonly IgdClient _igd;

    public MappingNegotiation(PortMappingSettings settings, int port, PeerId peer, GatewaySource gateways)
    {
        _settings = settings;
        _port = port;
        _gateways = gateways;
        _pmp = new PmpClient(settings);
        _igd = new IgdClient(settings, peer);
    }

    /// <summary>Closes the connections to the router.</summary>
    public void Dispose() => _igd.Dispose();

    /// <summary>Asks the router for a mapping.</summary>
    /// <param name="held">The mapping that the router granted most recently; null if there is none.</param>
    /// <param name="asksAgain">False: the mapping is renewed, unless the router has changed. True: the router is asked for a new one, for
    ///   the same external port if possible. With a different port, a router that still has the mapping after a failed renewal would
    ///   forward two ports.</param>
    /// <param name="cancellation">Cancels the attempt, which then counts as failed.</param>
    public async Task<MappingOutcome> ObtainAsync(PortMapping? held, bool asksAgain, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(_settings.AttemptTimeout);
        try
        {
            if (await Task.Run(() => _gateways(), deadline.Token).ConfigureAwait(false) is not { } gateway)
                return MappingOutcome.Failed("this machine has no default gateway, so there is no router to ask");
            if (held is not null && !asksAgain && held.RouterAddresses == gateway)
                return await RenewAsync(held, deadline.Token).ConfigureAwait(false);
            // Otherwise, the router would refuse the port, which still leads to this machine's former address.
            if (held?.RouterAddresses is { } former && former.Address.Equals(gateway.Address) && !former.Local.Equals(gateway.Local))
                await _igd.ReleaseLeftoverAsync(held, deadline.Token).ConfigureAwait(false);
            return await AskAsync(gateway, held?.ExternalPort ?? _port, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return MappingOutcome.Failed("the router took too long to reply");
        }
    }

    /// <summary>Checks whether the router still has a mapping.</summary>
    public async Task<MappingCheck> CheckAsync(PortMapping mapping, CancellationToken cancellation)
    {
        try
        {
            return mapping.How == MappingProtocol.Upnp
                ? new MappingCheck(null, await _igd.IsLostAsync(mapping, cancellation).ConfigureAwait(false))
                : new MappingCheck(await _pmp.AskEpochAsync(mapping, cancellation).ConfigureAwait(false), false);
        }
        catch (OperationCanceledException)
        {
            return new MappingCheck(null, false);
        }
    }

    /// <summary>Releases a mapping, or the newer one that a running attempt may still obtain.</summary>
    /// <param name="running">The running attempt, which has been cancelled; null if there is none.</param>
    /// <param name="held">The mapping; null if there is none.</param>
    public async Task ReleaseAsync(Task<MappingOutcome>? running, PortMapping? held)
    {
        using var deadline = new CancellationTokenSource(_settings.ReleaseTimeout);
        if (running is not null)
        {
            await Task.WhenAny(running, Task.Delay(Timeout.Infinite, deadline.Token)).ConfigureAwait(false);
            if (running.IsCompletedSuccessfully && (await running.ConfigureAwait(false)).Mapping is { } late)
                held = late;
        }

        if (held is not null)
            await ReleaseAsync(held, deadline.Token).ConfigureAwait(false);
    }

    // Asks via NAT-PMP (or PCP) and via UPnP at the same time. The first to succeed wins.
    private async Task<MappingOutcome> AskAsync(RouterAddresses gateway, int externalPort, CancellationToken cancellation)
    {
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pmp = SettleAsync(_pmp.AskAsync(gateway, _port, externalPort, decided.Token));
        var igd = SettleAsync(_igd.AskAsync(gateway, _port, externalPort, decided.Token));
        var first = await Task.WhenAny(pmp, igd).ConfigureAwait(false);
        var winner = await first.ConfigureAwait(false);
        if (winner.Mapping is not null)
            await decided.CancelAsync().ConfigureAwait(false);
        var other = await (first == pmp ? igd : pmp).ConfigureAwait(false);
        if (winner.Mapping is null)
            return other.Mapping is not null ? other : Combine(await pmp.ConfigureAwait(false), await igd.ConfigureAwait(false));
        // Both succeeded at nearly the same time. One mapping per port is enough.
        if (other.Mapping is { } superfluous && superfluous.ExternalPort != winner.Mapping.ExternalPort)
            await ReleaseAsync(superfluous, cancellation).ConfigureAwait(false);
        return winner;
    }

    private Task<MappingOutcome> RenewAsync(PortMapping held, CancellationToken cancellation) => held switch
    {
        { How: MappingProtocol.NatPmp } => _pmp.AskAsync(held.RouterAddresses, _port, held.ExternalPort, cancellation),
        { Service: { } service } => _igd.AddAsync(held.RouterAddresses, service, _port, held.ExternalPort, cancellation),
        _ => _pmp.AskByPcpAsync(held.RouterAddresses, _port, held.ExternalPort, cancellation),
    };

    private async Task ReleaseAsync(PortMapping mapping, CancellationToken cancellation)
    {
        try
        {
            await (mapping.How == MappingProtocol.Upnp
                ? _igd.ReleaseAsync(mapping, cancellation)
                : _pmp.ReleaseAsync(mapping, cancellation)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The router did not reply in time. If the mapping has a lease, it expires on its own.
        }
    }

    private static async Task<MappingOutcome> SettleAsync(Task<MappingOutcome> attempt)
    {
        try
        {
            return await attempt.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return MappingOutcome.Failed("the router took too long to reply");
        }
    }

    private static MappingOutcome Combine(MappingOutcome pmp, MappingOutcome igd) => MappingOutcome.Failed(
        pmp.Reason == igd.Reason ? pmp.Reason : $"{pmp.Reason}; {igd.Reason}", pmp.Pause > igd.Pause ? pmp.Pause : igd.Pause);
}

/// <summary>The result of checking a mapping.</summary>
/// <param name="EpochSeconds">The router's epoch; null if it is unknown.</param>
/// <param name="IsLost">Whether the router said that it no longer has the mapping.</param>
internal sealed record MappingCheck(uint? EpochSeconds, bool IsLost);
