using System.Diagnostics;

namespace TspActors.Protocol;

/// <summary>What one step of INIT leads to, on either side of a connection (docs/protocol.md section 3).</summary>
public abstract record HandshakeResult
{
    private HandshakeResult()
    {
    }

    /// <summary>Send this frame and wait for the next step.</summary>
    public sealed record Reply(byte[] Frame) : HandshakeResult;

    /// <summary>The handshake is done: the welcome to send, or the welcome that came.</summary>
    public sealed record Accepted(Welcome Welcome) : HandshakeResult;

    /// <summary>The step is refused; the message is for people.</summary>
    public sealed record Refused(ErrorCode Code, string Message) : HandshakeResult;

    /// <summary>Encodes the frame that tells the remote end of this result.</summary>
    public byte[] ToFrame() => this switch
    {
        Reply reply => reply.Frame,
        Accepted accepted => FrameEncoder.Encode(Operation.Init, 0, new Init { Welcome = accepted.Welcome }),
        Refused refused => Errors.Frame(refused.Code, refused.Message),
        _ => throw new UnreachableException(),
    };
}
