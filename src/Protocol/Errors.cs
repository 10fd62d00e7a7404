namespace TspActors.Protocol;

/// <summary>Encodes ERROR frames and determines which errors close a connection (docs/protocol.md section 5).</summary>
public static class Errors
{
    /// <summary>Returns whether the sender of this error closes the connection.</summary>
    public static bool ClosesConnection(ErrorCode code) =>
        code is ErrorCode.BadFrame or ErrorCode.TooLarge or ErrorCode.Timeout or ErrorCode.Unauthenticated or ErrorCode.Replaced;

    /// <summary>Encodes an ERROR frame. The error is retryable if <paramref name="retryAfter"/> is given.</summary>
    /// <param name="code">The error code.</param>
    /// <param name="message">A human-readable description of the problem.</param>
    /// <param name="songId">The song id for the frame's header; 0 = none.</param>
    /// <param name="retryAfter">How long to wait before a retry; null = not retryable.</param>
    /// <param name="queuePlace">With BUSY: the place in the host's queue, 1 = next; 0 = none.</param>
    public static byte[] Frame(ErrorCode code, string message, int songId = 0, TimeSpan? retryAfter = null, int queuePlace = 0) =>
        FrameEncoder.Encode(Operation.Error, songId, new Error
        {
            Code = code,
            Message = message,
            Retryable = retryAfter is not null,
            RetryAfterMs = (uint)(retryAfter?.TotalMilliseconds ?? 0),
            QueuePlace = (uint)queuePlace,
        });

    /// <summary>Encodes the ERROR frame that answers a violation.</summary>
    public static byte[] Frame(ProtocolViolation violation)
    {
        ArgumentNullException.ThrowIfNull(violation);
        return Frame(violation.Code, violation.Message, violation.SongId);
    }

    /// <summary>Encodes the reply to an operation that this end does not support.</summary>
    public static byte[] Unsupported(in Frame frame) =>
        Frame(ErrorCode.Unsupported, $"operation {(int)frame.Operation} is not supported here", frame.SongId);
}
