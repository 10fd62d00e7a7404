namespace TspActors.Peer.Reaching.Mapping;

/// <summary>How a peer asks the router to forward its port. config/peer.conf explains the settings that users can change.</summary>
public sealed record PortMappingSettings
{
    // All instances share these lists, so that two instances with the default settings are equal.
    private static readonly TimeSpan[] DefaultPmpTries = Milliseconds(0, 250, 500, 1000, 2000);
    private static readonly TimeSpan[] DefaultSsdpTries = Milliseconds(0, 500, 1500);

    /// <summary>When the peer asks the router.</summary>
    public PortMappingMode Mode { get; init; } = PortMappingMode.Auto;

    /// <summary>The lease to request. The peer renews it halfway through.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How often the peer checks whether the router has restarted.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>When a NAT-PMP or PCP request is sent, as times since the first packet, in ascending order.</summary>
    public IReadOnlyList<TimeSpan> PmpTries { get; init; } = DefaultPmpTries;

    /// <summary>How long to wait for a NAT-PMP or PCP reply after the first packet.</summary>
    public TimeSpan PmpTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>When the search request for a UPnP router is sent, as times since the first packet, in ascending order.</summary>
    public IReadOnlyList<TimeSpan> SsdpTries { get; init; } = DefaultSsdpTries;

    /// <summary>How long to wait, after the first packet, for a UPnP router's reply to the search request.</summary>
    public TimeSpan SsdpTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The deadline for one HTTP request to the router, including the body of the reply.</summary>
    public TimeSpan HttpTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The deadline for an entire attempt, including all its requests.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long releasing the mapping may take when the peer stops.</summary>
    public TimeSpan ReleaseTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The first wait after a failed attempt, not counting random jitter. It doubles each time.</summary>
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The maximum wait after a failed attempt, not counting random jitter.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How long the peer ignores failed probes after it has obtained a mapping, because they may be older than the mapping.
    /// </summary>
    public TimeSpan ProbeDelay { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long this machine's addresses must stay unchanged before the peer asks the router again.</summary>
    public TimeSpan NetworkQuietTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Returns the settings that apply on this machine: in a container, auto means off.</summary>
    /// <param name="isInContainer">Whether the program runs in a container, whose gateway is a bridge on the host and not a router.</param>
    public PortMappingSettings Resolve(bool isInContainer) =>
        Mode == PortMappingMode.Auto && isInContainer ? this with { Mode = PortMappingMode.Off } : this;

    private static TimeSpan[] Milliseconds(params int[] times) => [.. times.Select(time => TimeSpan.FromMilliseconds(time))];
}
