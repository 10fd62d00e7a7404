using TspActors.Playback;

namespace TspActors.Peer.Tests.Material;

/// <summary>A fake loudspeaker that plays the bytes of a song as samples and records what was heard.</summary>
internal sealed class Speaker
{
    /// <summary>The decoder skips a block of at least 16 bytes that consists only of this byte, so the block has no sound.</summary>
    public const byte Mute = 0xAA;

    private readonly MemoryStream _heard = new();

    /// <summary>While this event is reset, the device accepts no data.</summary>
    public ManualResetEventSlim Gate { get; } = new(initialState: true);

    public bool Fails { get; set; }

    /// <summary>The number of devices opened so far.</summary>
    public int Outputs { get; private set; }

    public byte[] Heard
    {
        get
        {
            lock (_heard)
                return _heard.ToArray();
        }
    }

    public IAudioOutput NewOutput()
    {
        Outputs++;
        return new Output(this);
    }

    /// <summary>A decoder that returns its input unchanged, except for blocks of <see cref="Mute"/>.</summary>
    internal sealed class Echo : IMp3Decoder
    {
        private readonly Queue<byte> _fed = new();

        public PcmFormat Format { get; private set; }

        public void Feed(ReadOnlySpan<byte> mp3)
        {
            if (mp3.Length >= 16 && !mp3.ContainsAnyExcept(Mute))
                return;
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
                Format = new PcmFormat(8_000, 1);
                return DecodeStep.NewFormat;
            }

            while (_fed.Count >= 2 && written + 2 <= pcm.Length)
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

    private sealed class Output(Speaker speaker) : IAudioOutput
    {
        public string Name => "test";

        public void Open(PcmFormat format)
        {
        }

        public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
        {
            if (speaker.Fails)
                throw new AudioOutputException("the test device was unplugged");
            try
            {
                speaker.Gate.Wait(interrupt);
            }
            catch (OperationCanceledException)
            {
                return 0;
            }

            lock (speaker._heard)
                speaker._heard.Write(pcm);
            return pcm.Length;
        }

        public bool Drain(CancellationToken interrupt) => true;

        public void Drop()
        {
        }

        public void Pause()
        {
        }

        public void Resume()
        {
        }

        public void Dispose()
        {
        }
    }
}
