using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks that only verified bytes are returned, however the stream is split.</summary>
[Properties(Arbitrary = [typeof(PieceCheckerSpecs)], MaxTest = 60)]
public sealed class PieceCheckerSpecs
{
    private const int Piece = 16 * 1024;

    /// <summary>A song of up to eight pieces, the offset at which listening begins, and how the bytes are split.</summary>
    public sealed record Transfer(int Length, int From, int Seed, int LongestCut);

    public static Arbitrary<Transfer> Transfers() => (
        from length in Gen.OneOf(
            Gen.Choose(1, 8 * Piece),
            Gen.Elements(1, Piece - 1, Piece, Piece + 1, 2 * Piece, 3 * Piece - 1, 4 * Piece))
        from at in Gen.OneOf(Gen.Choose(0, length), Gen.Elements(0, length, length - 1, Math.Min(Piece, length)))
        from seed in Gen.Choose(0, int.MaxValue)
        from cut in Gen.Elements(1, 100, 5_000, Piece, 40_000, 300_000)
        select new Transfer(length, at, seed, length > 3 * Piece ? Math.Max(cut, 100) : cut)).ToArbitrary();

    [Property]
    public void Any_split_from_any_offset_yields_exactly_the_bytes_of_the_song(Transfer transfer)
    {
        var song = new TestSong(transfer.Length, transfer.Seed);
        var checker = new PieceChecker(song.Tree, PieceChecker.StartOf(transfer.From, Piece), transfer.From);
        var verified = new List<ReadOnlyMemory<byte>>();

        foreach (var cut in Cuts(song.Payload[(int)PieceChecker.StartOf(transfer.From, Piece)..], transfer))
        {
            Assert.True(checker.Add(cut, verified));
            Array.Clear(cut);
        }

        Assert.True(checker.IsComplete);
        Assert.Equal(song.Payload[transfer.From..], Joined(verified));
    }

    [Property]
    public void Bytes_before_the_offset_are_checked_but_not_returned(Transfer transfer)
    {
        var song = new TestSong(transfer.Length, transfer.Seed);
        var checker = new PieceChecker(song.Tree, 0, transfer.From);
        var verified = new List<ReadOnlyMemory<byte>>();

        foreach (var cut in Cuts(song.Payload, transfer))
            Assert.True(checker.Add(cut, verified));

        Assert.True(checker.IsComplete);
        Assert.Equal(song.Payload[transfer.From..], Joined(verified));
    }

    [Property]
    public void A_flipped_bit_is_detected_wherever_it_is(Transfer transfer)
    {
        var song = new TestSong(transfer.Length, transfer.Seed);
        var sent = song.Payload.ToArray();
        var start = (int)PieceChecker.StartOf(Math.Min(transfer.From, transfer.Length - 1), Piece);
        var random = new Random(transfer.Seed);
        var flipped = random.Next(start, sent.Length);
        sent[flipped] ^= (byte)(1 << random.Next(8));
        var checker = new PieceChecker(song.Tree, start, start);
        var verified = new List<ReadOnlyMemory<byte>>();

        var passed = Cuts(sent[start..], transfer).All(cut => checker.Add(cut, verified));

        Assert.False(passed);
        Assert.False(checker.IsComplete);
        Assert.Equal(song.Payload[start..(flipped / Piece * Piece)], Joined(verified));
    }

    [Property]
    public void An_extra_byte_after_the_end_of_the_song_is_rejected(Transfer transfer)
    {
        var song = new TestSong(transfer.Length, transfer.Seed);
        var checker = new PieceChecker(song.Tree, 0, 0);
        var verified = new List<ReadOnlyMemory<byte>>();

        Assert.False(checker.Add([.. song.Payload, 0], verified));
        Assert.Equal(song.Payload, Joined(verified));
    }

    [Fact]
    public void Larger_pieces_of_a_long_song_are_checked_too()
    {
        var song = new TestSong(17 * 1024 * 1024 + 5);
        Assert.Equal(2 * Piece, song.PieceBytes);
        var from = 16 * 1024 * 1024 + 17;
        var start = (int)PieceChecker.StartOf(from, song.PieceBytes);
        var checker = new PieceChecker(song.Tree, start, from);
        var verified = new List<ReadOnlyMemory<byte>>();

        Assert.True(checker.Add(song.Payload.AsSpan(start), verified));

        Assert.True(checker.IsComplete);
        Assert.Equal(song.Payload[from..], Joined(verified));
    }

    private static IEnumerable<byte[]> Cuts(byte[] bytes, Transfer transfer)
    {
        var random = new Random(transfer.Seed);
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, transfer.LongestCut + 1), bytes.Length - at);
            yield return bytes[at..(at + length)];
            at += length;
        }
    }

    private static byte[] Joined(List<ReadOnlyMemory<byte>> pieces) => [.. pieces.SelectMany(piece => piece.ToArray())];
}
