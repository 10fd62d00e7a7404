using TspActors.Playback.Outputs;

namespace TspActors.Playback.Tests;

/// <summary>A sound device that a test can unplug and plug in again. It plays on the test's clock and records the sound.</summary>
internal sealed class FaultyDevice(TimeProvider time)
{
    private readonly MemoryStream _heard = new();
    private int _open;

    public bool Present { get; set; } = true;

    /// <summary>The number of open outputs.</summary>
    public int Open => Volatile.Read(ref _open);

    public List<PcmFormat> Formats { get; } = [];

    /// <summary>Called before each write, with the number of bytes heard so far.</summary>
    public Action<long>? BeforeWrite { get; init; }

    public byte[] Heard => _heard.ToArray();

    public IAudioOutput NewOutput() => new Output(this, time);

    private sealed class Output(FaultyDevice device, TimeProvider time) : IAudioOutput
    {
        private readonly NullOutput _clock = new(time);
        private bool _opened;

        public string Name => "faulty";

        public void Open(PcmFormat format)
        {
            ThrowIfGone();
            if (!_opened)
                Interlocked.Increment(ref device._open);
            _opened = true;
            device.Formats.Add(format);
            _clock.Open(format);
        }

        public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
        {
            device.BeforeWrite?.Invoke(device._heard.Length);
            ThrowIfGone();
            var taken = _clock.Write(pcm, interrupt);
            device._heard.Write(pcm[..taken]);
            return taken;
        }

        public bool Drain(CancellationToken interrupt)
        {
            ThrowIfGone();
            return true;
        }

        public void Drop() => _clock.Drop();

        public void Pause() => _clock.Pause();

        public void Resume() => _clock.Resume();

        public void Dispose()
        {
            if (_opened)
                Interlocked.Decrement(ref device._open);
            _opened = false;
            _clock.Dispose();
        }

        private void ThrowIfGone()
        {
            if (!device.Present)
                throw new AudioOutputException("The test device was unplugged.");
        }
    }
}
