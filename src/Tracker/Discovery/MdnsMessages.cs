using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Discovery;

/// <summary>To the MdnsResponderActor: announce a new key.</summary>
/// <param name="Key">The id of the key that the tracker now presents in TLS.</param>
internal sealed record AnnounceKey(KeyId? Key) : ILocalMessage;
