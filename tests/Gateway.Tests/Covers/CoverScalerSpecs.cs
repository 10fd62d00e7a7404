using System.Buffers.Binary;
using SkiaSharp;
using TspActors.Gateway.Covers;

namespace TspActors.Gateway.Tests.Covers;

public sealed class CoverScalerSpecs
{
    [Theory]
    [InlineData(1_000, 1_000, 320, 320, 320)]
    [InlineData(1_000, 500, 320, 320, 160)]
    [InlineData(30, 900, 64, 2, 64)]
    [InlineData(2_000, 3, 64, 64, 1)]
    public void A_picture_is_scaled_to_the_size_of_its_longer_side(int width, int height, int size, int scaledWidth, int scaledHeight)
    {
        var scaled = CoverScaler.Scale(Draw(width, height, SKEncodedImageFormat.Jpeg), size)!;

        Assert.Equal("image/jpeg", scaled.ContentType);
        using var bitmap = SKBitmap.Decode(scaled.Bytes.Span);
        Assert.Equal((scaledWidth, scaledHeight), (bitmap.Width, bitmap.Height));
        Assert.InRange(bitmap.GetPixel(scaledWidth / 2, scaledHeight / 2).Red, 180, 220);
    }

    [Fact]
    public void A_picture_that_is_smaller_than_the_size_is_returned_unchanged()
    {
        var picture = Draw(100, 80, SKEncodedImageFormat.Png);

        foreach (var size in new[] { 0, 100, 640 })
        {
            var scaled = CoverScaler.Scale(picture, size)!;
            Assert.Equal("image/png", scaled.ContentType);
            Assert.Equal(picture, scaled.Bytes.ToArray());
        }
    }

    [Fact]
    public void A_transparent_picture_stays_transparent()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(200, 200, SKColorType.Rgba8888, SKAlphaType.Premul));
        bitmap.Erase(SKColors.Transparent);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);

        var scaled = CoverScaler.Scale(png.ToArray(), 64)!;

        Assert.Equal("image/png", scaled.ContentType);
        using var small = SKBitmap.Decode(scaled.Bytes.Span);
        Assert.Equal(0, small.GetPixel(32, 32).Alpha);
    }

    [Theory]
    [InlineData(60_000, 60_000)]
    [InlineData(9_999, 9_999)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(0, 10)]
    public void A_picture_that_claims_to_be_huge_is_refused_before_it_is_decoded(int width, int height)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(CoverScaler.Scale(PngOf(width, height), 64));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(5_100, 5_000, false)]
    [InlineData(4_900, 5_000, true)]
    public void A_jpeg_with_a_large_original_is_refused_because_its_decoder_may_keep_all_of_it(int width, int height, bool isScaled)
    {
        var picture = Draw(100, 100, SKEncodedImageFormat.Jpeg);
        // The frame header states the size. The rest of the picture is missing and counts as cut off.
        var frame = picture.AsSpan().IndexOf((byte[])[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(picture.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(picture.AsSpan(frame + 7), (ushort)width);

        Assert.Equal(isScaled, CoverScaler.Scale(picture, 64) is not null);
    }

    [Fact]
    public void A_damaged_picture_does_no_harm()
    {
        var random = new Random(1);
        foreach (var format in new[] { SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png })
        {
            var picture = Draw(300, 300, format);
            for (var turn = 0; turn < 300; turn++)
            {
                var damaged = picture.ToArray();
                for (var change = random.Next(1, 20); change > 0; change--)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                var scaled = CoverScaler.Scale(damaged.AsMemory(0, random.Next(1, damaged.Length + 1)), 64);
                Assert.True(scaled is null || scaled.ContentType is "image/jpeg" or "image/png");
            }
        }
    }

    [Fact]
    public void Other_formats_are_refused()
    {
        using var bitmap = new SKBitmap(100, 100);
        using var webp = bitmap.Encode(SKEncodedImageFormat.Webp, 80);

        Assert.Null(CoverScaler.Scale(webp.ToArray(), 0));
        Assert.Null(CoverScaler.Scale("<svg xmlns='http://www.w3.org/2000/svg'/>"u8.ToArray(), 0));
        Assert.Null(CoverScaler.Scale("GIF89a"u8.ToArray(), 0));
        Assert.Null(CoverScaler.Scale(new byte[1], 0));
    }

    internal static byte[] Draw(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(new SKColor(200, 40, 40));
        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    // Returns the headers of a PNG of this size, and hardly any data after them.
    private static byte[] PngOf(int width, int height)
    {
        var header = new byte[17];
        "IHDR"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), height);
        new byte[] { 8, 6, 0, 0, 0 }.CopyTo(header, 12);
        return [0x89, .. "PNG\r\n\u001a\n"u8, 0, 0, 0, 13, .. header, .. Checksum(header), 0, 0, 0, 0, .. "IDAT"u8, .. Checksum("IDAT"u8)];
    }

    private static byte[] Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum ^= value;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum & 1) != 0 ? sum >> 1 ^ 0xEDB88320 : sum >> 1;
        }

        var checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, ~sum);
        return checksum;
    }
}
