namespace TspActors.Protocol;

/// <summary>A frame as it came off the wire, or a piece of a DATA frame's body.</summary>
/// <remarks>
/// A body is whole, except for DATA: its bytes are handed on as they arrive, as slices of the buffer they arrived in, and the last slice of
/// a frame is marked. <see cref="Body"/> is valid as long as that buffer is; the decoder never writes to it again.
/// </remarks>
/// <param name="Operation">What the frame is; may be one this version does not know (its body was skipped).</param>
/// <param name="SongId">The song id, or a cursor; 0 = none.</param>
/// <param name="HasBody">Whether the frame carries a body, be it an empty one.</param>
/// <param name="Body">The body, or the slice of it.</param>
/// <param name="EndsFrame">False for a DATA slice that more of the same frame follows.</param>
public readonly record struct Frame(Operation Operation, int SongId, bool HasBody, ReadOnlyMemory<byte> Body, bool EndsFrame = true)
{
    /// <summary>DATA without a body: everything was sent.</summary>
    public bool IsEndOfSong => Operation == Operation.Data && !HasBody;
}
