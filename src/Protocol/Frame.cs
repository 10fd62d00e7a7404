namespace TspActors.Protocol;

/// <summary>A received frame, or a slice of a DATA frame.</summary>
/// <remarks>
/// The body is complete, except for DATA. DATA is passed on as it arrives, in slices of the receive buffer, and the last slice of a frame
/// is marked. <see cref="Body"/> is valid as long as that buffer is; the decoder never writes to it.
/// </remarks>
/// <param name="Operation">The operation. If this version does not support it, the body was skipped.</param>
/// <param name="SongId">The song id, or a cursor; 0 = none.</param>
/// <param name="HasBody">Whether the frame has a body, even an empty one.</param>
/// <param name="Body">The body, or a slice of it.</param>
/// <param name="EndsFrame">False if more DATA slices of the same frame follow.</param>
public readonly record struct Frame(Operation Operation, int SongId, bool HasBody, ReadOnlyMemory<byte> Body, bool EndsFrame = true)
{
    /// <summary>Whether this is DATA without a body, which marks the end of the song.</summary>
    public bool IsEndOfSong => Operation == Operation.Data && !HasBody;
}
