namespace TspActors.Playback;

/// <summary>What one <see cref="IMp3Decoder.Read"/> came to.</summary>
public enum DecodeStep
{
    /// <summary>Samples were written, in <see cref="IMp3Decoder.Format"/>.</summary>
    Pcm,

    /// <summary>From the next read on the samples have another <see cref="IMp3Decoder.Format"/>; nothing was written.</summary>
    NewFormat,

    /// <summary>Everything fed is used up.</summary>
    NeedMore,
}

/// <summary>
/// Turns MP3 bytes, cut anywhere, into samples. Bytes that are no MP3 are skipped without an error. Feed only when
/// <see cref="DecodeStep.NeedMore"/> was returned, so that little is held inside. Used by one thread only.
/// </summary>
public interface IMp3Decoder : IDisposable
{
    /// <summary>The format of the samples; of no meaning before the first <see cref="DecodeStep.NewFormat"/>.</summary>
    PcmFormat Format { get; }

    /// <summary>Adds bytes of the song.</summary>
    void Feed(ReadOnlySpan<byte> mp3);

    /// <summary>Decodes into <paramref name="pcm"/>, whole sample frames only.</summary>
    DecodeStep Read(Span<byte> pcm, out int written);

    /// <summary>
    /// Says that no byte will follow those fed so far, unless <see cref="BeginNext"/> or <see cref="Reset"/> begins another song or place. A
    /// <see cref="Feed"/> that follows all the same takes it back.
    /// </summary>
    void Complete();

    /// <summary>Says that the next bytes are another song's. Everything fed was read: <see cref="DecodeStep.NeedMore"/> was returned.</summary>
    void BeginNext() => Reset();

    /// <summary>Forgets everything fed: the next bytes come from another place of the song.</summary>
    void Reset();
}
