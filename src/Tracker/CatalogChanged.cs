using System.Collections.Immutable;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>
/// Tells every PeerActor whose peer wants broadcasts about a catalog change. All of them share the encoded BROADCAST_LIST frames.
/// </summary>
/// <remarks>The PeerActor replies with <see cref="CatalogChangeSent"/>. The next broadcast waits for nearly all of these replies.</remarks>
internal sealed record CatalogChanged(ImmutableArray<ReadOnlyMemory<byte>> Frames, ulong Version) : ILocalMessage;
