using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

public class ViolationSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private static readonly byte[] NegativeId = [(byte)Operation.List, 0xff, 0xff, 0xff, 0xff];
    private static readonly byte[] TooLarge = [0x80 | (byte)Operation.Init, 0, 0, 0, 9, 0, 0, 0x40, 1];

    [Fact]
    public async Task A_negative_id_is_answered_with_BAD_FRAME_and_closes_the_connection()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(NegativeId);
        Assert.Equal(ErrorCode.BadFrame, (await link.Remote.ExpectError()).Code);
        await ExpectViolation(link);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_answered_with_an_error_with_the_songs_id()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(TooLarge);
        var frame = await link.Remote.Receive();
        Assert.Equal(9, frame!.Value.SongId);
        Assert.Equal(ErrorCode.TooLarge, Error.Parser.ParseFrom(frame.Value.Body.Span).Code);
        await ExpectViolation(link, ErrorCode.TooLarge);
    }

    [Fact]
    public async Task Frames_before_a_violation_are_delivered_and_answered_first()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send([.. FrameEncoder.Encode(Operation.Info, 3), .. NegativeId]);
        Assert.Equal(3, Assert.Single((await link.Session.ExpectMsgAsync<FramesReceived>()).Frames).SongId);
        link.Tell(new Send(FrameEncoder.Encode(Operation.Pong, 3)));
        link.Tell(ReadMore.Instance);

        Assert.Equal(3, (await link.Remote.Receive())!.Value.SongId);
        Assert.Equal(ErrorCode.BadFrame, (await link.Remote.ExpectError()).Code);
        await ExpectViolation(link);
    }

    [Fact]
    public async Task A_violation_is_answered_even_if_the_session_does_not_ask_for_more()
    {
        using var link = await Connect(Patient with { CloseTimeout = Soon });
        link.Tell(ReadMore.Instance);
        await link.Remote.Send([.. FrameEncoder.Encode(Operation.Info, 3), .. NegativeId]);
        await link.Session.ExpectMsgAsync<FramesReceived>();
        Assert.Equal(ErrorCode.BadFrame, (await link.Remote.ExpectError()).Code);
        await ExpectViolation(link);
    }

    [Fact]
    public async Task The_error_arrives_even_if_the_remote_end_keeps_sending()
    {
        using var link = await Connect(Patient);
        // Marks the connection as used. Unused ones read less during the close.
        link.Tell(new KeepAlive(TimeSpan.FromMinutes(1)));
        link.Tell(ReadMore.Instance);
        var flood = link.Remote.Send(NegativeId, new byte[8 * 1024 * 1024]);
        Assert.Equal(ErrorCode.BadFrame, (await link.Remote.ExpectError()).Code);
        await flood;
        await ExpectViolation(link);
    }

    [Fact]
    public async Task A_connection_is_aborted_if_the_remote_end_stays_connected_after_a_violation()
    {
        using var link = await Connect(Patient with { CloseTimeout = Soon });
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(NegativeId);
        Assert.Equal(CloseReason.Violation, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }

    private static async Task ExpectViolation(Link link, ErrorCode told = ErrorCode.BadFrame)
    {
        await link.Remote.ExpectEnd();
        link.Remote.FinishSending();
        var closed = await link.Session.ExpectMsgAsync<ConnectionClosed>();
        Assert.Equal((CloseReason.Violation, told), (closed.Reason, closed.Violation));
        Assert.NotEmpty(closed.Message);
    }
}
