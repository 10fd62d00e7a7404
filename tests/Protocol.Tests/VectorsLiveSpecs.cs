using System.Security.Cryptography;

namespace TspActors.Protocol.Tests;

/// <summary>Reads docs/vectors/live.json.</summary>
public sealed class VectorsLiveSpecs
{
    private const string File = "live.json";

    public static TheoryData<string> Chunks => [.. VectorFile.Names(File, "chunks")];

    private static ContentHash Feed => LiveProof.HashOf(new PeerId(VectorFile.Root(File).Bytes("source_id")), "Radio Olé");

    [Fact]
    public void The_content_hash_of_a_feed_is_that_of_its_vector() =>
        Assert.Equal(VectorFile.Root(File).Bytes("content_hash"), Feed.ToArray());

    [Theory]
    [MemberData(nameof(Chunks))]
    public void A_chunk_of_the_source_is_accepted_and_a_changed_one_is_not(string name)
    {
        var vector = VectorFile.Find(File, "chunks", name);
        var chunk = LiveChunk.Parser.ParseFrom(vector.Bytes("body"));
        using var key = Key();

        Assert.Equal(SHA256.HashData(vector.Bytes("mp3")), chunk.Hash.ToByteArray());
        Assert.True(LiveProof.IsSigned(chunk, Feed, key));
        Assert.True(LiveProof.IsSigned(new LiveChunk(chunk) { Gap = !chunk.Gap }, Feed, key));
        Assert.False(LiveProof.IsSigned(new LiveChunk(chunk) { Sequence = chunk.Sequence - 1 }, Feed, key));
        Assert.False(LiveProof.IsSigned(new LiveChunk(chunk) { TimeMs = chunk.TimeMs - 1 }, Feed, key));
        Assert.False(LiveProof.IsSigned(new LiveChunk(chunk) { DurationMs = chunk.DurationMs - 1 }, Feed, key));
        Assert.False(LiveProof.IsSigned(new LiveChunk(chunk) { Length = chunk.Length + 1 }, Feed, key));
        Assert.False(LiveProof.IsSigned(chunk, LiveProof.HashOf(new PeerId(new byte[16]), "Radio Olé"), key));
    }

    [Fact]
    public void A_signed_chunk_can_be_verified_with_the_key_in_the_start()
    {
        using var source = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var start = StartOf(source, "Ana's radio");
        var feed = LiveProof.HashOf(new PeerId(start.SourceId.Span), start.FeedName);
        var chunk = new LiveChunk { Sequence = 7, TimeMs = 1_790_000_000_000, DurationMs = 496 };

        LiveProof.Sign(chunk, feed, "frames"u8, source);

        Assert.True(LiveProof.TryReadKey(start, feed, out var key));
        using (key)
            Assert.True(LiveProof.IsSigned(chunk, feed, key!));
    }

    [Fact]
    public void A_start_with_another_name_id_or_key_is_refused()
    {
        using var source = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var start = StartOf(source, "Ana's radio");
        var feed = LiveProof.HashOf(new PeerId(start.SourceId.Span), start.FeedName);
        var large = StartOf(larger, "Ana's radio");

        Assert.False(LiveProof.TryReadKey(new LiveStart(start) { FeedName = "Ben's radio" }, feed, out _));
        Assert.False(LiveProof.TryReadKey(new LiveStart(start) { SourceKey = StartOf(other, "").SourceKey }, feed, out _));
        Assert.False(LiveProof.TryReadKey(StartOf(other, "Ana's radio"), feed, out _));
        Assert.False(LiveProof.TryReadKey(
            large, LiveProof.HashOf(new PeerId(large.SourceId.Span), large.FeedName), out _));
    }

    private static ECDsa Key()
    {
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(VectorFile.Root(File).Bytes("source_key"), out _);
        return key;
    }

    private static LiveStart StartOf(ECDsa key, string name)
    {
        var spki = key.ExportSubjectPublicKeyInfo();
        return new LiveStart
        {
            SourceKey = Google.Protobuf.ByteString.CopyFrom(spki),
            SourceId = Google.Protobuf.ByteString.CopyFrom(SHA256.HashData(spki)[..16]),
            FeedName = name,
        };
    }
}
