using Google.Protobuf;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks what a host may send in reply to PLAY.</summary>
public sealed class StreamCheckerSpecs
{
    private static readonly TestSong Song = new(200_000);
    private static readonly int Piece = Song.PieceBytes;

    private readonly StreamChecker _checker = new(Song.ToSong(1), Piece + 5);

    [Fact]
    public void A_PLAY_asks_for_the_song_from_the_piece_that_contains_the_first_wanted_byte() => Assert.Equal(Piece, _checker.PlayOffset);

    [Fact]
    public void Proven_bytes_begin_at_the_requested_byte()
    {
        Play();
        Begin(Piece);

        Assert.Null(_checker.Add(Song.Payload.AsSpan(Piece, Piece - 1)));
        Assert.False(_checker.HasProven);
        Assert.Null(_checker.Add(Song.Payload.AsSpan(2 * Piece - 1, 1)));

        Assert.Equal(Song.Payload[(Piece + 5)..(2 * Piece)], Dequeue());
        Assert.False(_checker.HasProven);
    }

    [Fact]
    public void The_end_is_accepted_once_everything_has_arrived()
    {
        Play();
        Begin(Piece);
        Assert.Null(_checker.Add(Song.Payload.AsSpan(Piece, 3 * Piece)));
        Assert.Equal("it ended the song too early", _checker.End());
        Assert.Null(_checker.Add(Song.Payload.AsSpan(4 * Piece)));
        Assert.Null(_checker.End());
        Assert.Equal(Song.Payload[(Piece + 5)..], Dequeue());
    }

    [Fact]
    public void A_stream_from_the_end_of_the_song_has_no_bytes()
    {
        var checker = new StreamChecker(Song.ToSong(1), Song.Payload.Length);
        checker.PlaySent();
        Assert.Equal("it ended the song too early", checker.End());
        Assert.Null(checker.Begin(Start(checker.PlayOffset), out _));
        Assert.Null(checker.End());
    }

    [Fact]
    public void Audio_before_the_start_of_a_stream_is_a_fault()
    {
        Play();

        Assert.False(_checker.IsSuperseded);
        Assert.Equal("it sent audio before it named the song", _checker.Add([1]));
    }

    [Fact]
    public void A_wrong_piece_is_a_fault_and_the_bytes_before_it_are_proven()
    {
        Play();
        Begin(Piece);

        Assert.Equal(
            "it sent a piece that does not match the song", _checker.Add([.. Song.Payload[Piece..(2 * Piece)], .. new byte[Piece]]));
        Assert.Equal(Song.Payload[(Piece + 5)..(2 * Piece)], Dequeue());
    }

    [Fact]
    public void A_stream_that_was_not_requested_is_a_fault()
    {
        Play();
        Begin(Piece);

        Assert.Equal("it began the song more often than requested", _checker.Begin(Start(Piece), out _));
    }

    [Fact]
    public void A_wrong_song_wrong_piece_hashes_and_a_wrong_offset_are_faults()
    {
        Play();
        Play();
        Play();
        var other = Start(Piece);
        other.Song = new TestSong(200_000, seed: 9).ToSong(1);
        var hashes = Start(Piece);
        hashes.PieceHashes = ByteString.CopyFrom(new byte[hashes.PieceHashes.Length]);

        Assert.Equal("it replied with a different song", _checker.Begin(other, out _));
        Assert.Equal("its piece hashes do not match the song", _checker.Begin(hashes, out _));
        Assert.Equal("it started at byte 0, not at the requested byte", _checker.Begin(Start(0), out _));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(-150_000)]
    [InlineData(5_000_000)]
    public void A_host_whose_piece_hashes_match_is_trusted_even_if_the_tracker_reported_a_different_length(int wrongBy)
    {
        var told = Song.ToSong(1);
        told.Format = told.Format.Clone();
        told.Format.PayloadBytes = (ulong)(Song.Payload.Length + wrongBy);
        var checker = new StreamChecker(told, 0);
        checker.PlaySent();

        Assert.Null(checker.Begin(Start(0), out var tree));
        Assert.Equal(Song.Payload.Length, tree?.PayloadLength);
        Assert.Null(checker.Add(Song.Payload));
        Assert.Null(checker.End());
        Assert.Equal(Song.Payload, checker.DequeueProven().SelectMany(piece => piece.ToArray()));
    }

    [Fact]
    public void If_a_wrong_length_led_to_a_wrong_piece_size_the_song_is_requested_again()
    {
        var song = new TestSong(40_000_000);
        var told = song.ToSong(1);
        told.Format = told.Format.Clone();
        told.Format.PayloadBytes = 100_000;
        var checker = new StreamChecker(told, 20_000);
        checker.PlaySent();
        Assert.Equal(16_384, checker.PlayOffset);

        var start = new StreamStart
        {
            Song = song.ToSong(1),
            Offset = 16_384,
            PieceBytes = (uint)song.PieceBytes,
            PieceHashes = ByteString.CopyFrom(song.PieceHashes),
        };
        Assert.Null(checker.Begin(start, out var tree));
        Assert.Equal((null, true, 0), (tree, checker.NeedsPlay, checker.PlayOffset));
        checker.PlaySent();
        Assert.True(checker.IsSuperseded);
        start.Offset = 0;
        Assert.Null(checker.Begin(start, out tree));
        Assert.Equal((false, song.PieceBytes), (checker.NeedsPlay, tree!.PieceBytes));
    }

    [Fact]
    public void A_seek_before_the_first_PLAY_needs_no_additional_PLAY()
    {
        Assert.False(_checker.Seek(5 * Piece + 1));
        Assert.Equal(5 * Piece, _checker.PlayOffset);
    }

    [Fact]
    public void A_seek_drops_proven_bytes_and_DATA_of_the_earlier_PLAY()
    {
        Play();
        Begin(Piece);
        _checker.Add(Song.Payload.AsSpan(Piece, Piece));

        Assert.True(_checker.Seek(5 * Piece + 1));
        Play();

        Assert.False(_checker.HasProven);
        Assert.True(_checker.IsSuperseded);
        Begin(5 * Piece);
        Assert.False(_checker.IsSuperseded);
        _checker.Add(Song.Payload.AsSpan(5 * Piece, Piece));
        Assert.Equal(Song.Payload[(5 * Piece + 1)..(6 * Piece)], Dequeue());
    }

    [Fact]
    public void A_second_seek_into_the_requested_piece_needs_no_PLAY()
    {
        Play();
        Assert.True(_checker.Seek(5 * Piece));
        Play();

        Assert.False(_checker.Seek(5 * Piece + 3));
    }

    [Fact]
    public void A_stream_that_answers_a_replaced_PLAY_is_ignored()
    {
        Play();
        _checker.Seek(5 * Piece);
        Play();
        _checker.Seek(3 * Piece);
        Play();

        Assert.Null(_checker.Begin(Start(Piece), out var tree));
        Assert.Null(tree);
        Assert.True(_checker.IsSuperseded);
        Begin(3 * Piece);
    }

    [Fact]
    public void Bytes_from_two_streams_that_start_at_the_same_offset_are_returned_only_once()
    {
        Play();
        Begin(Piece);
        _checker.Seek(5 * Piece);
        Play();
        _checker.Seek(Piece);
        Play();
        Begin(Piece);
        _checker.Add(Song.Payload.AsSpan(Piece, Piece));
        Assert.Equal(Song.Payload[Piece..(2 * Piece)], Dequeue());

        Begin(Piece);
        _checker.Add(Song.Payload.AsSpan(Piece, 2 * Piece));

        Assert.Equal(Song.Payload[(2 * Piece)..(3 * Piece)], Dequeue());
    }

    private void Play() => _checker.PlaySent();

    private void Begin(long at)
    {
        Assert.Null(_checker.Begin(Start(at), out var tree));
        Assert.NotNull(tree);
    }

    private static StreamStart Start(long at) => ScriptedHost.StartOf(Song, new PlayRequest { Offset = (ulong)at, WantPieceHashes = true });

    private byte[] Dequeue() => [.. _checker.DequeueProven().SelectMany(piece => piece.ToArray())];
}
