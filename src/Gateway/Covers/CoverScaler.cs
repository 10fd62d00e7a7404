using SkiaSharp;

namespace TspActors.Gateway.Covers;

/// <summary>Decodes and scales untrusted pictures, within bounds that are checked before anything is decoded.</summary>
internal static class CoverScaler
{
    // Pictures with a side longer than this, in pixels, are refused.
    private const int MaxSide = 10_000;

    // A picture that must be scaled is refused if it would decode to more pixels than this: 16 million pixels need 64 MB.
    private const long MaxPixels = 16_000_000;

    // The maximum number of pixels in the original. However small the result, the decoder of a progressive JPEG needs 6 bytes per pixel:
    // 150 MB.
    private const long MaxOriginalPixels = 25_000_000;
    private const int Quality = 85;

    /// <summary>Returns the picture scaled down to a longer side of <paramref name="size"/> pixels.</summary>
    /// <param name="picture">A JPEG or PNG of at most 1 MiB.</param>
    /// <param name="size">The length of the longer side in pixels; 0 = unscaled.</param>
    /// <returns>The picture, unchanged if it need not be scaled; null if it cannot be decoded or is too large.</returns>
    public static CoverPicture? Scale(ReadOnlyMemory<byte> picture, int size)
    {
        using var data = SKData.CreateCopy(picture.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null || ContentTypeOf(codec.EncodedFormat) is not { } contentType)
            return null;
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width is < 1 or > MaxSide || height is < 1 or > MaxSide)
            return null;
        var scale = size == 0 ? 1 : Math.Min(1, size / (float)Math.Max(width, height));
        if (scale >= 1)
            return new CoverPicture(picture, contentType);
        if ((long)width * height > MaxOriginalPixels)
            return null;
        // The JPEG decoder can skip most of the pixels.
        var decoded = codec.GetScaledDimensions(scale);
        if ((long)decoded.Width * decoded.Height > MaxPixels)
            return null;
        var alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Premul;
        using var bitmap = new SKBitmap(new SKImageInfo(decoded.Width, decoded.Height, SKColorType.Rgba8888, alpha));
        // The readable part of a truncated picture is still shown.
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) is not (SKCodecResult.Success or SKCodecResult.IncompleteInput))
            return null;
        var target = new SKSizeI(Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
        using var small = bitmap.Resize(target, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        if (small is null)
            return null;
        var isOpaque = bitmap.Info.AlphaType == SKAlphaType.Opaque;
        using var encoded = small.Encode(isOpaque ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, Quality);
        return encoded is null ? null : new CoverPicture(encoded.ToArray(), isOpaque ? "image/jpeg" : "image/png");
    }

    private static string? ContentTypeOf(SKEncodedImageFormat format) => format switch
    {
        SKEncodedImageFormat.Jpeg => "image/jpeg",
        SKEncodedImageFormat.Png => "image/png",
        _ => null,
    };
}
