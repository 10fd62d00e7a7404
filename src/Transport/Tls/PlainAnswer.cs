using TspActors.Protocol;

namespace TspActors.Transport.Tls;

/// <summary>Interprets the answer of a remote end that does not speak TLS.</summary>
internal static class PlainAnswer
{
    // The content types of TLS records: change cipher spec, alert, handshake, application data.
    private const byte FirstType = 0x14;
    private const byte LastType = 0x17;

    // The maximum number of characters of the message that users and trackers see.
    private const int MaxMessage = 200;

    /// <summary>
    /// The first byte of a TLS connection. docs/protocol.md reserves this operation, so no plain connection begins with it.
    /// </summary>
    public const byte TlsHandshake = 0x16;

    /// <summary>Returns true if these bytes, a connection's first, are not TLS.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> bytes) => bytes[0] is < FirstType or > LastType;

    /// <summary>Describes an answer that came without TLS.</summary>
    /// <remarks>Anyone on the network path could have sent it, so it decides nothing except when to try again.</remarks>
    public static HandshakeFailed Describe(ReadOnlyMemory<byte> bytes)
    {
        var decoder = new FrameDecoder();
        decoder.Feed(bytes.ToArray());
        if (decoder.TryRead(out var frame) != FrameReadResult.Frame || frame.Operation != Operation.Error
            || !Bodies.TryParse<Error>(frame, out var error, out _))
            return new HandshakeFailed(TlsFailure.NotTls, "does not speak TLS");
        var message = VisibleText.Clean(error.Message.Length > MaxMessage ? error.Message[..MaxMessage] : error.Message);
        return error.Code is ErrorCode.Busy or ErrorCode.ShuttingDown
            ? new HandshakeFailed(TlsFailure.RefusedInPlain, $"refused the connection: {message}")
            : new HandshakeFailed(TlsFailure.NotTls, $"does not speak TLS; it answered: {message}");
    }
}
