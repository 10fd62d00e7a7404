using TspActors.Protocol.Mdns;

namespace TspActors.Tracker.Discovery;

/// <summary>The answer to a discovery query.</summary>
/// <param name="Message">The message to send.</param>
/// <param name="IsUnicast">Whether it is sent only to the querier; otherwise it is sent to the multicast group.</param>
internal sealed record MdnsAnswer(DnsMessage Message, bool IsUnicast);
