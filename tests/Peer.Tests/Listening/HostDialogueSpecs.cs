using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks how a requester interprets the frames of a host.</summary>
public sealed class HostDialogueSpecs
{
    private static readonly TestSong Song = new(200_000);
    private static readonly Requester Requester = new(PeerId.NewRandom(), "ear", null);

    private readonly HostDialogue _dialogue = Dialogue(Requester);

    [Fact]
    public void Without_a_key_the_first_frame_is_PLAY()
    {
        Assert.Null(_dialogue.Hello);

        var play = Parse<PlayRequest>(Decode(_dialogue.Request()));

        Assert.Equal(
            (0UL, Pace.Full, true, Song.Hash, Requester.Peer),
            (play.Offset, play.Pace, play.WantPieceHashes, new ContentHash(play.ContentHash.Span), new PeerId(play.RequesterId.Span)));
    }

    [Fact]
    public void With_a_key_the_first_frame_is_INIT_and_a_host_without_a_proof_is_rejected()
    {
        var dialogue = Dialogue(Requester with { AccessKey = new AccessKey("secret") });

        Assert.Equal(Operation.Init, Decode(dialogue.Hello!).Operation);
        // A welcome without a proof that the host knows the key.
        var meaning = dialogue.Read(Decode(FrameEncoder.Encode(Operation.Init, 0, new Init { Welcome = new Welcome() })));
        Assert.Equal(FailureKind.Refused, Assert.IsType<FrameMeaning.Failed>(meaning).Kind);
    }

    [Fact]
    public void A_stream_starts_delivers_bytes_and_ends()
    {
        Start();

        foreach (var chunk in Song.Payload.Chunk(10_000))
            Assert.IsType<FrameMeaning.SongBytes>(Read(FrameEncoder.Encode(Operation.Data, 1, chunk)));
        Assert.True(_dialogue.HasProven);
        Assert.Equal(Song.Payload, ((PiecesArrived)_dialogue.DequeueArrival(default)).Pieces.SelectMany(piece => piece.ToArray()));
        Assert.IsType<FrameMeaning.Ended>(Read(FrameEncoder.Encode(Operation.Data, 1)));
    }

    [Fact]
    public void Empty_DATA_is_not_a_sign_of_life()
    {
        Start();

        Assert.IsType<FrameMeaning.Nothing>(Read(FrameEncoder.Encode(Operation.Data, 1, [])));
    }

    [Fact]
    public void DATA_that_answers_a_replaced_PLAY_is_ignored()
    {
        Start();
        Assert.True(_dialogue.Seek(100_000));
        _dialogue.Request();

        Assert.IsType<FrameMeaning.Nothing>(Read(FrameEncoder.Encode(Operation.Data, 1, new byte[5])));
        Assert.IsType<FrameMeaning.Nothing>(Read(FrameEncoder.Encode(Operation.Data, 1)));
    }

    [Fact]
    public void A_host_counts_as_corrupt_after_a_wrong_piece_an_early_end_or_an_unreadable_body()
    {
        Start();

        AssertCorrupt("it ended the song too early", Read(FrameEncoder.Encode(Operation.Data, 1)));
        AssertCorrupt(
            "it sent a piece that does not match the song", Read(FrameEncoder.Encode(Operation.Data, 1, new byte[Song.PieceBytes])));
        foreach (var operation in new[] { Operation.Play, Operation.Init, Operation.Error })
            Assert.StartsWith(
                "it sent something that is not TSP: ", AssertCorrupt(Read(FrameEncoder.Encode(operation, 1, [0xff, 0xff, 0xff]))),
                StringComparison.Ordinal);
    }

    [Fact]
    public void An_ERROR_is_a_refusal_with_a_shortened_message()
    {
        var meaning = Assert.IsType<FrameMeaning.Failed>(
            Read(Errors.Frame(ErrorCode.Busy, new string('x', 300), 1, TimeSpan.FromSeconds(2))));

        Assert.Equal((FailureKind.Refused, 200, 2_000U), (meaning.Kind, meaning.Reason.Length, meaning.Error!.RetryAfterMs));
    }

    [Fact]
    public void A_PING_is_answered_and_unexpected_operations_are_ignored()
    {
        var pong = Decode(Assert.IsType<FrameMeaning.MustSend>(Read(FrameEncoder.Encode(Operation.Ping, 77))).Frame);

        Assert.Equal((Operation.Pong, 77), (pong.Operation, pong.SongId));
        Assert.IsType<FrameMeaning.Nothing>(Read(FrameEncoder.Encode(Operation.Share, 1)));
        Assert.IsType<FrameMeaning.Nothing>(Read(FrameEncoder.Encode(Operation.Init, 0, new Init { Welcome = new Welcome() })));
    }

    private static HostDialogue Dialogue(Requester requester) =>
        new(new StreamOrder(Song.ToSong(1), new Host(), 0, Pace.Full, requester, TimeSpan.MaxValue));

    private void Start()
    {
        var request = Parse<PlayRequest>(Decode(_dialogue.Request()));
        Assert.IsType<FrameMeaning.Started>(Read(FrameEncoder.Encode(Operation.Play, 1, ScriptedHost.StartOf(Song, request))));
    }

    private static Frame Decode(byte[] bytes)
    {
        var decoder = new FrameDecoder();
        decoder.Feed(bytes);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
        return frame;
    }

    private static T Parse<T>(Frame frame)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        Assert.True(Bodies.TryParse<T>(frame, out var body, out _));
        return body;
    }

    private FrameMeaning Read(byte[] frame) => _dialogue.Read(Decode(frame));

    private static void AssertCorrupt(string reason, FrameMeaning meaning) => Assert.Equal(reason, AssertCorrupt(meaning));

    private static string AssertCorrupt(FrameMeaning meaning)
    {
        var failed = Assert.IsType<FrameMeaning.Failed>(meaning);
        Assert.Equal(FailureKind.Corrupt, failed.Kind);
        return failed.Reason;
    }
}
