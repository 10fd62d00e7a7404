using TspActors.Protocol;

namespace TspActors.Tracker.Members;

/// <summary>A peer that may register with a tracker that is restricted to members.</summary>
/// <param name="Key">The id of its key, which is also its peer id.</param>
/// <param name="Name">The name by which the tracker's owner knows it; empty = none.</param>
public sealed record Member(KeyId Key, string Name);
