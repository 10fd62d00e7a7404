using TspActors.Protocol.Mdns;

namespace TspActors.Tracker.Discovery;

/// <summary>The answer to a query.</summary>
/// <param name="Message">The reply.</param>
/// <param name="IsUnicast">Whether it goes only to the querier; otherwise it goes to the group.</param>
internal sealed record MdnsAnswer(DnsMessage Message, bool IsUnicast);
