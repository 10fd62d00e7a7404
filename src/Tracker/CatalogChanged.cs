using System.Collections.Immutable;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>
/// To every PeerActor whose peer wants broadcasts: a change of the catalog as encoded BROADCAST_LIST frames, shared by all of them.
/// </summary>
/// <remarks>Answered by <see cref="CatalogChangeSent"/>: the TrackerActor makes the next one when nearly all have sent this one.</remarks>
internal sealed record CatalogChanged(ImmutableArray<ReadOnlyMemory<byte>> Frames, ulong Version) : ILocalMessage;
