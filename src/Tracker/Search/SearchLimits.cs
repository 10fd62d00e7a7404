namespace TspActors.Tracker.Search;

/// <summary>
/// Limits on the searches of one address, or of one IPv6 /64. A network of addresses may search twice or four times as often.
/// </summary>
public sealed record SearchLimits
{
    /// <summary>The number of searches that are not delayed after a pause.</summary>
    public int PerAddress { get; init; } = 200;

    /// <summary>The number of further searches per second; 0 = any number.</summary>
    public int PerAddressSecond { get; init; } = 20;
}
