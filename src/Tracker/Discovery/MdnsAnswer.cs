using TspActors.Protocol.Mdns;

namespace TspActors.Tracker.Discovery;

/// <summary>The answer to a discovery query.</summary>
/// <param name="Message">The message to send.</param>
/// <param name="IsUnicast">Whether to send the message only to the querier, not to the multicast group.</param>
internal sealed record MdnsAnswer(DnsMessage Message, bool IsUnicast);
