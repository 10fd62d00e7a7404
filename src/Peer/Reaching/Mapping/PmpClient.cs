using System.Net;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Asks a router for mappings via NAT-PMP, or via PCP if the router does not speak NAT-PMP.</summary>
internal sealed class PmpClient(PortMappingSettings settings)
{
    // One nonce for all mappings of this peer: a renewal or a release with a different one would be refused.
    private readonly byte[] _nonce = Pcp.NewNonce();

    /// <summary>Asks for a mapping, or renews one if <paramref name="externalPort"/> is the port that the router granted.</summary>
    /// <param name="gateway">The router.</param>
    /// <param name="port">This machine's port.</param>
    /// <param name="externalPort">The router's port to ask for.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    public async Task<MappingOutcome> AskAsync(RouterAddresses gateway, int port, int externalPort, CancellationToken cancellation)
    {
        var reply = await MapByPmpAsync(gateway, port, externalPort, Seconds(settings.Lease), cancellation).ConfigureAwait(false);
        if (reply is null)
            return MappingOutcome.Failed("the router does not reply to NAT-PMP");
        switch (MappingPlan.AfterPmp(reply))
        {
            case KeepMapping keep:
                return MappingOutcome.Granted(new PortMapping(MappingProtocol.NatPmp, gateway, port, keep.ExternalPort)
                {
                    ExternalAddress = await ExternalAddressAsync(gateway, cancellation).ConfigureAwait(false),
                    Lease = Granted(reply.LifetimeSeconds),
                    EpochSeconds = reply.EpochSeconds,
                });
            case AskByPcp:
                return await AskByPcpAsync(gateway, port, externalPort, cancellation).ConfigureAwait(false);
            case GiveUp giveUp:
                return MappingOutcome.Failed(giveUp.Reason, giveUp.Pause);
            default:
                throw new InvalidOperationException("NAT-PMP has no other steps.");
        }
    }

    /// <summary>Asks for a mapping, or renews one, via PCP only.</summary>
    /// <param name="gateway">The router.</param>
    /// <param name="port">This machine's port.</param>
    /// <param name="externalPort">The router's port to ask for.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    public async Task<MappingOutcome> AskByPcpAsync(RouterAddresses gateway, int port, int externalPort, CancellationToken cancellation)
    {
        var reply = await MapByPcpAsync(gateway, port, externalPort, Seconds(settings.Lease), cancellation).ConfigureAwait(false);
        if (reply is null)
            return MappingOutcome.Failed("the router does not reply to PCP");
        return MappingPlan.AfterPcp(reply) switch
        {
            KeepMapping keep => MappingOutcome.Granted(new PortMapping(MappingProtocol.Pcp, gateway, port, keep.ExternalPort)
            {
                ExternalAddress = reply.ExternalAddress,
                Lease = Granted(reply.LifetimeSeconds),
                EpochSeconds = reply.EpochSeconds,
            }),
            GiveUp giveUp => MappingOutcome.Failed(giveUp.Reason, giveUp.Pause),
            _ => throw new InvalidOperationException("PCP has no other steps."),
        };
    }

    /// <summary>Asks for the router's epoch, without changing a mapping. Returns null if there is no reply.</summary>
    public async Task<uint?> AskEpochAsync(PortMapping mapping, CancellationToken cancellation)
    {
        var gateway = mapping.RouterAddresses;
        if (mapping.How == MappingProtocol.NatPmp)
            return (await AskAddressAsync(gateway, cancellation).ConfigureAwait(false))?.EpochSeconds;
        var reply = await UdpExchange.AskAsync<PcpReply>(
            gateway.Local, Remote(gateway), Pcp.AnnounceRequest(gateway.Local), Pcp.ParseAnnounce, settings.PmpTries, settings.PmpTimeout,
            cancellation).ConfigureAwait(false);
        return reply?.EpochSeconds;
    }

    // Returns null if there is no reply.
    private Task<NatPmpReply?> AskAddressAsync(RouterAddresses gateway, CancellationToken cancellation) =>
        UdpExchange.AskAsync<NatPmpReply>(
            gateway.Local, Remote(gateway), NatPmp.AddressRequest(), NatPmp.ParseAddress, settings.PmpTries, settings.PmpTimeout,
            cancellation);

    /// <summary>Asks the router to remove a mapping, without checking the result.</summary>
    public async Task ReleaseAsync(PortMapping mapping, CancellationToken cancellation)
    {
        if (mapping.How == MappingProtocol.Pcp)
            await MapByPcpAsync(mapping.RouterAddresses, mapping.InternalPort, 0, 0, cancellation).ConfigureAwait(false);
        else
            await MapByPmpAsync(mapping.RouterAddresses, mapping.InternalPort, 0, 0, cancellation).ConfigureAwait(false);
    }

    // The mapping already exists, so the caller must learn of it even if the attempt is cancelled.
    private async Task<IPAddress?> ExternalAddressAsync(RouterAddresses gateway, CancellationToken cancellation)
    {
        try
        {
            return (await AskAddressAsync(gateway, cancellation).ConfigureAwait(false))?.Address;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private Task<NatPmpReply?> MapByPmpAsync(
        RouterAddresses gateway, int port, int externalPort, uint lifetimeSeconds, CancellationToken cancellation) =>
        UdpExchange.AskAsync<NatPmpReply>(
            gateway.Local, Remote(gateway), NatPmp.MapRequest((ushort)port, (ushort)externalPort, lifetimeSeconds),
            packet => NatPmp.ParseMap(packet, (ushort)port), settings.PmpTries, settings.PmpTimeout, cancellation);

    private Task<PcpReply?> MapByPcpAsync(
        RouterAddresses gateway, int port, int externalPort, uint lifetimeSeconds, CancellationToken cancellation) =>
        UdpExchange.AskAsync<PcpReply>(
            gateway.Local, Remote(gateway), Pcp.MapRequest(_nonce, gateway.Local, (ushort)port, (ushort)externalPort, lifetimeSeconds),
            packet => Pcp.ParseMap(packet, _nonce, (ushort)port), settings.PmpTries, settings.PmpTimeout, cancellation);

    private static IPEndPoint Remote(RouterAddresses gateway) => new(gateway.Address, gateway.PmpPort);

    private static uint Seconds(TimeSpan lease) => (uint)lease.TotalSeconds;

    // A router may grant a longer lease than requested. More than a day is of no use, and may be longer than a timer can wait.
    private static TimeSpan Granted(uint seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 86_400));
}
