using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks how a session interprets the frames and errors of a tracker.</summary>
public sealed class TrackerFramesSpecs
{
    [Fact]
    public void A_LIST_without_a_body_asks_for_the_songs_and_one_with_a_body_is_a_page()
    {
        Assert.IsType<SongsRequested>(Parse(Operation.List, null));
        Assert.IsType<SongPage>(Parse(Operation.List, []));
    }

    [Fact]
    public void Errors_and_pings_keep_their_ids()
    {
        Assert.Equal(new PingReceived(5), Parse(Operation.Ping, null));
        Assert.Equal(5, Assert.IsType<ErrorReceived>(Parse(Operation.Error, [])).Id);
    }

    [Fact]
    public void A_long_error_message_from_a_tracker_is_truncated()
    {
        var body = Google.Protobuf.MessageExtensions.ToByteArray(new Error { Message = new string('x', 10_000) });
        Assert.Equal(301, Assert.IsType<ErrorReceived>(Parse(Operation.Error, body)).Error.Message.Length);
    }

    [Theory]
    [InlineData(Operation.Error)]
    [InlineData(Operation.Init)]
    [InlineData(Operation.List)]
    [InlineData(Operation.Info)]
    [InlineData(Operation.Play)]
    [InlineData(Operation.Assign)]
    [InlineData(Operation.BroadcastList)]
    public void An_invalid_body_breaks_the_protocol(Operation operation) =>
        Assert.IsType<ProtocolBroken>(Parse(operation, [0x0a, 0x7f]));

    [Fact]
    public void Operations_that_a_tracker_never_sends_to_a_peer_are_ignored() => Assert.Null(Parse(Operation.Quit, null));

    [Theory]
    [InlineData(ErrorCode.Unauthenticated, EndCause.Refused)]
    [InlineData(ErrorCode.Replaced, EndCause.Replaced)]
    [InlineData(ErrorCode.Busy, EndCause.Busy)]
    [InlineData(ErrorCode.ShuttingDown, EndCause.Lost)]
    [InlineData(ErrorCode.Internal, EndCause.Lost)]
    internal void The_error_code_determines_the_cause_of_the_sessions_end(ErrorCode code, EndCause cause) =>
        Assert.Equal(
            (cause, "why"),
            (SessionEnd.FromError(new Error { Code = code, Message = "why" }) is var end ? end.Cause : default, end.Reason));

    [Fact]
    public void A_busy_tracker_is_avoided_for_at_most_ten_minutes() =>
        Assert.Equal(
            TimeSpan.FromMinutes(10), SessionEnd.FromError(new Error { Code = ErrorCode.Busy, RetryAfterMs = uint.MaxValue }).RetryAfter);

    private static object? Parse(Operation operation, byte[]? body) => TrackerFrames.Parse(new Frame(operation, 5, body is not null, body));
}
