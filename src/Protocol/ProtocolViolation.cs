namespace TspActors.Protocol;

/// <summary>What a remote end did against the contract, as it is told in an ERROR.</summary>
/// <param name="Code">The error code that answers it.</param>
/// <param name="Message">What was wrong, for people.</param>
/// <param name="SongId">The song id of the frame it concerns; 0 where none was readable.</param>
public sealed record ProtocolViolation(ErrorCode Code, string Message, int SongId = 0);
