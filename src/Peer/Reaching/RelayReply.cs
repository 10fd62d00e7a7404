using TspActors.Protocol;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Reaching;

/// <summary>Reads a relay's reply to a ticket.</summary>
internal static class RelayReply
{
    private const int LongestReason = 200;

    /// <summary>Returns whether both ends are connected to the relay. If so, the bytes that follow come from the other end.</summary>
    public static bool IsReady(in Frame frame) =>
        frame.Operation == Operation.Relay && Bodies.TryParse<Relay>(frame, out var relay, out _) && relay.Ok;

    /// <summary>Describes why the relay does not connect the two ends.</summary>
    public static string Describe(in Frame frame) =>
        frame.Operation == Operation.Error && Bodies.TryParse<Error>(frame, out var error, out _) && error.Message.Length > 0
            ? $"the relay reported an error: {VisibleText.Clean(Cut(error.Message))}"
            : "the relay sent something unexpected";

    private static string Cut(string reason) => reason.Length > LongestReason ? reason[..LongestReason] : reason;
}
