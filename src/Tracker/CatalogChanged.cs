using System.Collections.Immutable;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>
/// From the TrackerActor to each PeerActor whose peer wants broadcasts: the catalog has changed. All PeerActors share the encoded
/// BROADCAST_LIST frames.
/// </summary>
/// <remarks>The PeerActor replies with <see cref="CatalogChangeSent"/>. The next broadcast waits for nearly all of these replies.</remarks>
internal sealed record CatalogChanged(ImmutableArray<ReadOnlyMemory<byte>> Frames, ulong Version) : ILocalMessage;
