namespace TspActors.Playback.Tests;

/// <summary>
/// A backend whose "MP3" bytes are the samples themselves: 1000 mono samples per second, so that 2 bytes last a millisecond.
/// </summary>
internal static class RawBackend
{
    public const int BytesPerMillisecond = 2;
    public static readonly PcmFormat Format = new(1000, 1);

    public static AudioBackend To(Func<Action<string>, IAudioOutput> output) =>
        new("raw", "for tests") { CreateDecoder = _ => new RawDecoder(), CreateOutput = output };

    public static AudioBackend To(IAudioOutput output) => To(_ => output);

    /// <summary>Creates random samples for this many milliseconds.</summary>
    public static byte[] Song(int milliseconds, int seed = 1)
    {
        var bytes = new byte[milliseconds * BytesPerMillisecond];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private sealed class RawDecoder : IMp3Decoder
    {
        private readonly Queue<byte> _fed = new();

        public PcmFormat Format { get; private set; }

        public void Feed(ReadOnlySpan<byte> mp3)
        {
            foreach (var value in mp3)
                _fed.Enqueue(value);
        }

        public DecodeStep Read(Span<byte> pcm, out int written)
        {
            written = 0;
            if (_fed.Count < 2)
                return DecodeStep.NeedMore;
            if (Format == default)
            {
                Format = RawBackend.Format;
                return DecodeStep.NewFormat;
            }

            // Decodes ten milliseconds at a time.
            while (_fed.Count >= 2 && written < 20)
            {
                pcm[written++] = _fed.Dequeue();
                pcm[written++] = _fed.Dequeue();
            }

            return DecodeStep.Pcm;
        }

        public void Complete()
        {
        }

        public void Reset() => _fed.Clear();

        public void Dispose()
        {
        }
    }
}
