using System.Buffers.Binary;

namespace TspActors.Protocol.Tests;

public sealed class ContentHashSpecs
{
    // The hash code of a 64-bit number with equal halves is 0.
    [Fact]
    public void Hashes_that_a_stranger_chooses_have_different_hash_codes()
    {
        var hashes = Enumerable.Range(0, 10_000).Select(number =>
        {
            Span<byte> bytes = stackalloc byte[ContentHash.Size];
            for (var at = 0; at < bytes.Length; at += sizeof(int))
                BinaryPrimitives.WriteInt32BigEndian(bytes[at..], number);
            return new ContentHash(bytes);
        });

        Assert.InRange(hashes.Select(hash => hash.GetHashCode()).Distinct().Count(), 9_900, 10_000);
    }
}
