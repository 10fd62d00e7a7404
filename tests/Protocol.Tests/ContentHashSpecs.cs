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

    // HashCode.Combine is xxHash32. Two of its arguments pass through one lane, and can be chosen so that they cancel each other out for
    // every seed.
    [Fact]
    public void Hashes_made_for_xxHash32_have_different_hash_codes()
    {
        const uint prime1 = 2654435761;
        const uint prime2 = 2246822519;
        var inverse2 = 1u;
        // Newton's method, for the inverse of an odd number.
        for (var step = 0; step < 6; step++)
            inverse2 *= 2 - prime2 * inverse2;
        Assert.Equal(1u, inverse2 * prime2);
        var hashes = Enumerable.Range(0, 10_000).Select(number =>
        {
            Span<byte> bytes = stackalloc byte[ContentHash.Size];
            var a = (uint)number;
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], a * inverse2);
            BinaryPrimitives.WriteUInt32BigEndian(bytes[20..], (0 - (a << 13)) * prime1 * inverse2);
            return new ContentHash(bytes);
        });

        Assert.InRange(hashes.Select(hash => hash.GetHashCode()).Distinct().Count(), 9_900, 10_000);
    }
}
