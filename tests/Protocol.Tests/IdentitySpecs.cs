using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FsCheck.Xunit;

namespace TspActors.Protocol.Tests;

public sealed class IdentitySpecs
{
    private static readonly byte[] Counting = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 8))];

    [Fact]
    public void A_content_hash_is_written_in_lower_case_hex_and_read_back_from_any_case()
    {
        var hash = new ContentHash(Counting);
        Assert.Equal(Convert.ToHexStringLower(Counting), hash.ToString());
        Assert.True(ContentHash.TryParse(hash.ToString(), out var same));
        Assert.True(ContentHash.TryParse(hash.ToString().ToUpperInvariant(), out var upper));
        Assert.Equal((hash, hash), (same, upper));
        Assert.Equal(Counting, hash.ToArray());
    }

    [Fact]
    public void A_peer_id_is_written_in_lower_case_hex_and_read_back()
    {
        var id = new PeerId(Counting.AsSpan(0, 16));
        Assert.Equal(Convert.ToHexStringLower(Counting.AsSpan(0, 16)), id.ToString());
        Assert.True(PeerId.TryParse(id.ToString(), out var same));
        Assert.Equal(id, same);
        Assert.Equal(Counting[..16], id.ToArray());
        Assert.NotEqual(PeerId.NewRandom(), PeerId.NewRandom());
    }

    // The usual hash code of a 64-bit number is the exclusive or of its halves.
    [Fact]
    public void Peer_ids_and_call_tokens_that_a_stranger_chooses_have_different_hash_codes()
    {
        var chosen = Enumerable.Range(0, 10_000).Select(number =>
        {
            var bytes = new byte[16];
            for (var at = 0; at < bytes.Length; at += sizeof(int))
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), number);
            return bytes;
        }).ToList();

        Assert.InRange(chosen.Select(bytes => new PeerId(bytes).GetHashCode()).Distinct().Count(), 9_900, 10_000);
        Assert.InRange(chosen.Select(bytes => new CallToken(bytes).GetHashCode()).Distinct().Count(), 9_900, 10_000);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("zz0102030405060708090a0b0c0d0e0f")]
    [InlineData("000102030405060708090a0b0c0d0e0f0")]
    [InlineData("zz0102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f")]
    public void Text_that_is_not_hex_of_the_right_length_is_rejected(string? text)
    {
        Assert.False(PeerId.TryParse(text, out _));
        Assert.False(ContentHash.TryParse(text, out _));
    }

    [Fact]
    public void Bytes_of_the_wrong_length_are_rejected()
    {
        Assert.Throws<ArgumentException>(() => new ContentHash(new byte[31]));
        Assert.Throws<ArgumentException>(() => new PeerId(new byte[17]));
    }

    [Fact]
    public void The_default_hash_is_empty()
    {
        Assert.True(default(ContentHash).IsEmpty);
        Assert.False(new ContentHash(Counting).IsEmpty);
    }

    [Property]
    public void Hashes_are_ordered_by_their_bytes(int seed, byte differsAt)
    {
        byte[] left = new byte[32], right = new byte[32];
        var random = new Random(seed);
        random.NextBytes(left);
        left.CopyTo(right, 0);
        random.NextBytes(right.AsSpan(differsAt % 33));
        ContentHash one = new(left), other = new(right);
        var order = Math.Sign(left.AsSpan().SequenceCompareTo(right));
        Assert.Equal(order, Math.Sign(one.CompareTo(other)));
        Assert.Equal((order == 0, order != 0), (one == other, one != other));
        Assert.Equal(order < 0, one < other);
        Assert.Equal(order > 0, one > other);
        Assert.Equal(order <= 0, one <= other);
        Assert.Equal(order >= 0, one >= other);
        Assert.Equal(order == 0, one.Equals((object)other) && one.GetHashCode() == other.GetHashCode());
    }

    [Property]
    public void Proofs_are_HMACs_according_to_RFC_2104(int seed, FsCheck.NonEmptyString secret)
    {
        var random = new Random(seed);
        byte[] challenge = new byte[32], hello = new byte[32], id = new byte[16];
        random.NextBytes(challenge);
        random.NextBytes(hello);
        random.NextBytes(id);
        var key = new AccessKey(secret.Get);

        var peer = key.PeerProof(challenge, hello, new PeerId(id));
        Assert.Equal(Hmac(secret.Get, [.. "tsp1-peer"u8.ToArray(), .. challenge, .. hello, .. id]), peer);
        var tracker = key.TrackerProof(hello, challenge, new PeerId(id));
        Assert.Equal(Hmac(secret.Get, [.. "tsp1-tracker"u8.ToArray(), .. hello, .. challenge, .. id]), tracker);

        Assert.True(AccessKey.Matches(peer, [.. peer]));
        Assert.False(AccessKey.Matches(peer, tracker));
        Assert.False(AccessKey.Matches(peer, peer.AsSpan(1)));
    }

    [Fact]
    public void Two_nonces_differ_and_a_key_must_not_be_empty()
    {
        Assert.Equal(AccessKey.NonceSize, AccessKey.NewNonce().Length);
        Assert.NotEqual(AccessKey.NewNonce(), AccessKey.NewNonce());
        Assert.Throws<ArgumentException>(() => new AccessKey(""));
    }

    private static byte[] Hmac(string secret, byte[] message)
    {
        const int block = 64;
        var key = Encoding.UTF8.GetBytes(secret);
        if (key.Length > block)
            key = SHA256.HashData(key);
        Array.Resize(ref key, block);
        byte[] inner = [.. key.Select(b => (byte)(b ^ 0x36))], outer = [.. key.Select(b => (byte)(b ^ 0x5c))];
        return SHA256.HashData([.. outer, .. SHA256.HashData([.. inner, .. message])]);
    }
}
