namespace TspActors.Playback;

/// <summary>The result of one <see cref="IMp3Decoder.Read"/>.</summary>
public enum DecodeStep
{
    /// <summary>Samples were written, in <see cref="IMp3Decoder.Format"/>.</summary>
    Pcm,

    /// <summary>The next samples have another <see cref="IMp3Decoder.Format"/>; nothing was written.</summary>
    NewFormat,

    /// <summary>All bytes fed so far have been decoded.</summary>
    NeedMore,
}

/// <summary>
/// Decodes MP3 bytes, split at any point, into samples. It skips bytes that are not MP3 without an error. Feed it only when it returned
/// <see cref="DecodeStep.NeedMore"/>, so that it holds little. Only one thread uses it.
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
    /// Marks the end of the bytes, unless <see cref="BeginNext"/> or <see cref="Reset"/> starts another song or position. A later
    /// <see cref="Feed"/> withdraws the mark.
    /// </summary>
    void Complete();

    /// <summary>Announces that the next bytes belong to the next song. Call it only after <see cref="DecodeStep.NeedMore"/>.</summary>
    void BeginNext() => Reset();

    /// <summary>Drops all fed bytes: the next ones come from another position of the song.</summary>
    void Reset();
}
