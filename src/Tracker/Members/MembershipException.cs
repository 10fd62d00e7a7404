namespace TspActors.Tracker.Members;

/// <summary>Thrown when a change to the members or invitations is not possible. The message says why, and what to do.</summary>
internal sealed class MembershipException(string message) : Exception(message);
