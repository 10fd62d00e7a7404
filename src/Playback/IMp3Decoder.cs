namespace TspActors.Playback;

/// <summary>The result of one <see cref="IMp3Decoder.Read"/>.</summary>
public enum DecodeStep
{
    /// <summary>Samples were written, in <see cref="IMp3Decoder.Format"/>.</summary>
    Pcm,

    /// <summary>Nothing was written. The next samples are in a new format, which <see cref="IMp3Decoder.Format"/> now returns.</summary>
    NewFormat,

    /// <summary>Nothing was written, because the decoder needs more bytes.</summary>
    NeedMore,
}

/// <summary>
/// Decodes MP3 bytes, split at any point, into samples. Bytes that are not MP3 are skipped without an error. Call <see cref="Feed"/> only
/// after <see cref="DecodeStep.NeedMore"/>, so that the decoder buffers little. Only one thread may use the decoder.
/// </summary>
public interface IMp3Decoder : IDisposable
{
    /// <summary>The format of the samples; undefined before the first <see cref="DecodeStep.NewFormat"/>.</summary>
    PcmFormat Format { get; }

    /// <summary>Adds bytes of the song.</summary>
    void Feed(ReadOnlySpan<byte> mp3);

    /// <summary>Decodes whole sample frames into <paramref name="pcm"/>.</summary>
    DecodeStep Read(Span<byte> pcm, out int written);

    /// <summary>
    /// Marks the bytes fed so far as the last ones. A later <see cref="Feed"/>, <see cref="BeginNext"/> or <see cref="Reset"/> withdraws
    /// the mark.
    /// </summary>
    void Complete();

    /// <summary>Announces that the next bytes belong to the next song. Call it only after <see cref="DecodeStep.NeedMore"/>.</summary>
    void BeginNext() => Reset();

    /// <summary>Drops all bytes fed so far. Call it when the next ones come from a different position in the song.</summary>
    void Reset();
}
