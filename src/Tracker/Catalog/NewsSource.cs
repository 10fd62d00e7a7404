using System.Net;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Catalog;

/// <summary>The host that caused a change to the catalog.</summary>
/// <param name="Peer">The host.</param>
/// <param name="Address">Its address, normalised for per-address limits.</param>
/// <param name="Network">The largest network that contains the address and has limits of its own.</param>
internal readonly record struct NewsSource(PeerId Peer, IPAddress Address, AddressGroup Network);
