using System.Security.Cryptography;
using Google.Protobuf;

namespace TspActors.Protocol.Tests;

public sealed class IdReceiptSpecs
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);
    private static readonly ContentHash Hash = new(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public void A_receipt_is_the_first_half_of_the_HMAC_of_purpose_hash_and_id()
    {
        byte[] text = [.. "tsp1-id"u8, .. Hash.ToArray(), 0x01, 0x02, 0x03, 0x04];
        Assert.Equal(HMACSHA256.HashData(Key, text)[..16], IdReceipt.Sign(Key, Hash, 0x01020304).ToArray());
    }

    [Fact]
    public void A_different_key_hash_or_id_gives_a_different_receipt()
    {
        var receipt = IdReceipt.Sign(Key, Hash, 1);
        Assert.True(receipt.Matches(IdReceipt.Sign(Key, Hash, 1)));
        Assert.False(receipt.Matches(IdReceipt.Sign(Key, Hash, 2)));
        Assert.False(receipt.Matches(IdReceipt.Sign(Key, new ContentHash(new byte[32]), 1)));
        Assert.False(receipt.Matches(IdReceipt.Sign(new byte[32], Hash, 1)));
    }

    [Fact]
    public void A_missing_receipt_is_an_empty_field()
    {
        Assert.True(IdReceipt.Read(ByteString.Empty).IsEmpty);
        Assert.True(default(IdReceipt).ToByteString().IsEmpty);
        var receipt = IdReceipt.Sign(Key, Hash, 1);
        Assert.Equal(receipt, IdReceipt.Read(receipt.ToByteString()));
    }
}
