using TspActors.Protocol;

namespace TspActors.Tracker.Calls;

/// <summary>A call that can still be refused.</summary>
/// <param name="Requester">The peer that is calling.</param>
/// <param name="Host">The peer that is being called.</param>
/// <param name="Refuse">Passes a refusal on to the requester: over its connection, or to its tracker.</param>
internal sealed record OpenCall(PeerId Requester, PeerId Host, Action<Call> Refuse);
