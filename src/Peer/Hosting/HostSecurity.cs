using TspActors.Protocol;
using TspActors.Transport.Sessions;

namespace TspActors.Peer.Hosting;

/// <summary>Which requesters a host serves.</summary>
/// <param name="Access">The check of the access key; null = there is none.</param>
/// <param name="KeyId">The key that the host shows in TLS; null = it accepts no TLS.</param>
/// <param name="RequiresTls">Whether plain connections are refused.</param>
/// <param name="Listeners">Which keys may have streams; null = everyone may.</param>
internal sealed record HostSecurity(AccessCheck? Access, KeyId? KeyId = null, bool RequiresTls = false, HostingAccess? Listeners = null);
