namespace TspActors.Playback.Decoders.Layer3;

/// <summary>The decoder of last resort, which needs no native library.</summary>
internal static class NLayerDecoder
{
    /// <summary>Creates a decoder.</summary>
    /// <param name="notify">Receives one notice for the listener if a song has frames that cannot be decoded although they are
    ///   intact.</param>
    internal static CodecDecoder New(Action<string> notify)
    {
        var isTold = false;
        return new CodecDecoder(header => new NLayerDecompressor(() =>
        {
            if (isTold)
                return;
            isTold = true;
            notify($"The built-in decoder cannot play parts of this song ({header.SampleRateHz} Hz), which are silent. libmpg123 could.");
        }));
    }
}
