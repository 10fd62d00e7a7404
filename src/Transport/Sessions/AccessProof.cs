namespace TspActors.Transport.Sessions;

/// <summary>A correct proof of an access key or an invitation.</summary>
/// <param name="OwnProof">This side's own proof, for the welcome.</param>
/// <param name="Invitation">The index of the invitation; null = the access key was proved.</param>
public readonly record struct AccessProof(byte[] OwnProof, int? Invitation);
