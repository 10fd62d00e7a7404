using Akka.IO;
using TspActors.Protocol;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Tests.Connections;

public sealed class ConnectionInputSpecs
{
    private static readonly byte[] List = FrameEncoder.Encode(Operation.List);
    private static readonly byte[] NegativeId = [(byte)Operation.List, 0xff, 0xff, 0xff, 0xff];

    private readonly ConnectionInput _input =
        new(BodyRules.Contract, new ConnectionDeadlines(new TransportSettings(), incoming: true));

    [Fact]
    public void A_read_without_a_complete_frame_is_followed_by_another() => Assert.Equal(InputStep.ReadOn, Step(List[..3]));

    [Fact]
    public void A_complete_frame_waits_for_the_session() => Assert.Equal(InputStep.AwaitSession, Step([.. List, .. List[..3]]));

    [Fact]
    public void A_violation_waits_until_the_session_has_answered_the_frames_before_it()
    {
        Assert.Equal(InputStep.AwaitSession, Step([.. List, .. NegativeId]));
        Assert.NotNull(_input.Violation);
    }

    [Fact]
    public void A_violation_alone_is_refused_at_once() => Assert.Equal(InputStep.Refuse, Step(NegativeId));

    [Fact]
    public void A_read_begins_only_when_none_is_in_progress_and_the_input_has_not_ended()
    {
        Assert.True(_input.CanRead);
        _input.Start(TimeSpan.Zero);
        Assert.False(_input.CanRead);
        _input.AwaitRoom(TimeSpan.Zero);
        Assert.True(_input.CanRead);
        _input.End();
        Assert.False(_input.CanRead);
    }

    private InputStep Step(byte[] bytes) => _input.Next(_input.Read(ByteString.FromBytes(bytes)), TimeSpan.Zero);
}
