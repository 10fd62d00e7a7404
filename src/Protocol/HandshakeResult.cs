using System.Diagnostics;

namespace TspActors.Protocol;

/// <summary>The outcome of one handshake step, on either side of a connection (docs/protocol.md section 3).</summary>
public abstract record HandshakeResult
{
    private HandshakeResult()
    {
    }

    /// <summary>The handshake continues: this frame must be sent, and the remote end must reply.</summary>
    public sealed record Reply(byte[] Frame) : HandshakeResult;

    /// <summary>The handshake is complete. Carries the welcome that was received or must be sent.</summary>
    public sealed record Accepted(Welcome Welcome) : HandshakeResult;

    /// <summary>
    /// The step was refused. The message is a human-readable reason. If a delay is given, the step may be retried after that time.
    /// </summary>
    public sealed record Refused(ErrorCode Code, string Message, TimeSpan? RetryAfter = null) : HandshakeResult;

    /// <summary>Encodes the frame that reports this result to the remote end.</summary>
    /// <param name="requestId">The id in the header of the step that led to this result. A refusal carries the same id.</param>
    public byte[] ToFrame(int requestId = 0) => this switch
    {
        Reply reply => reply.Frame,
        Accepted accepted => FrameEncoder.Encode(Operation.Init, 0, new Init { Welcome = accepted.Welcome }),
        Refused refused => Errors.Frame(refused.Code, refused.Message, requestId, refused.RetryAfter),
        _ => throw new UnreachableException(),
    };
}
