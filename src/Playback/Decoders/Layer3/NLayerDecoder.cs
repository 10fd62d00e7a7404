using TspActors.Mpeg;

namespace TspActors.Playback.Decoders.Layer3;

/// <summary>The built-in fallback decoder, which needs no native library.</summary>
internal static class NLayerDecoder
{
    /// <summary>Creates a decoder.</summary>
    /// <param name="notify">Receives one notice for the listener if intact frames of a song cannot be decoded.</param>
    internal static CodecDecoder New(Action<string> notify)
    {
        var notifyOnce = Once(notify);
        return new CodecDecoder(header => NewDecompressor(header, notifyOnce));
    }

    /// <summary>Creates a codec for frames of one format. The decoder uses a separate codec for each format.</summary>
    internal static NLayerDecompressor NewDecompressor(Mp3FrameHeader header, Action<string> notify) => new(() => notify(
        $"The built-in decoder cannot decode some of this song ({header.SampleRateHz} Hz), so you will hear gaps. "
        + "Install libmpg123 to hear all of it."));

    /// <summary>Returns a function that passes on the first notice and ignores all others.</summary>
    internal static Action<string> Once(Action<string> notify)
    {
        var hasNotified = false;
        return notice =>
        {
            if (hasNotified)
                return;
            hasNotified = true;
            notify(notice);
        };
    }
}
