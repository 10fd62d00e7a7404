namespace TspActors.Protocol;

/// <summary>A breach of the protocol by the remote end, as reported in an ERROR.</summary>
/// <param name="Code">The error code of the reply.</param>
/// <param name="Message">A human-readable description of the violation.</param>
/// <param name="SongId">The song id of the offending frame; 0 if the frame has no valid id.</param>
public sealed record ProtocolViolation(ErrorCode Code, string Message, int SongId = 0);
