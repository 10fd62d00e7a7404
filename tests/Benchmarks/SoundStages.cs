using System.Diagnostics;
using TspActors.Playback;

namespace TspActors.Benchmarks;

/// <summary>Records when a song's bytes reach the decoder and its sound reaches the output.</summary>
internal sealed class SoundStages
{
    private TaskCompletionSource _heard = New();
    private long _command;

    /// <summary>The time from the command to the first MP3 bytes given to the decoder.</summary>
    public TimeSpan FirstBytes { get; private set; }

    /// <summary>The time from the command until enough sound was decoded to start playing.</summary>
    public TimeSpan Enough { get; private set; }

    /// <summary>The time from the command to the first samples written to the open output.</summary>
    public TimeSpan FirstSound { get; private set; }

    /// <summary>A task that completes with the first sound.</summary>
    public Task Heard => _heard.Task;

    /// <summary>Returns a backend that behaves like the given one and records these stages.</summary>
    public AudioBackend Watch(AudioBackend backend) => backend with
    {
        CreateDecoder = notice => new Decoder(this, backend.CreateDecoder(notice)),
        CreateOutput = notice => new Output(this, backend.CreateOutput(notice)),
    };

    /// <summary>Records the time of the command.</summary>
    public void Begin()
    {
        _heard = New();
        _command = Stopwatch.GetTimestamp();
    }

    public TimeSpan SinceCommand() => Stopwatch.GetElapsedTime(_command);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Decoder(SoundStages stages, IMp3Decoder decoder) : IMp3Decoder
    {
        private bool _fed;

        public PcmFormat Format => decoder.Format;

        public void Feed(ReadOnlySpan<byte> mp3)
        {
            if (!_fed)
                stages.FirstBytes = stages.SinceCommand();
            _fed = true;
            decoder.Feed(mp3);
        }

        public DecodeStep Read(Span<byte> pcm, out int written) => decoder.Read(pcm, out written);

        public void Complete() => decoder.Complete();

        public void BeginNext() => decoder.BeginNext();

        public void Reset() => decoder.Reset();

        public void Dispose() => decoder.Dispose();
    }

    private sealed class Output(SoundStages stages, IAudioOutput output) : IAudioOutput
    {
        private bool _written;

        public string Name => output.Name;

        public TimeSpan Latency => output.Latency;

        public void Open(PcmFormat format)
        {
            stages.Enough = stages.SinceCommand();
            output.Open(format);
        }

        public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
        {
            if (!_written)
            {
                stages.FirstSound = stages.SinceCommand();
                stages._heard.TrySetResult();
            }

            _written = true;
            return output.Write(pcm, interrupt);
        }

        public bool Drain(CancellationToken interrupt) => output.Drain(interrupt);

        public void Drop() => output.Drop();

        public void Pause() => output.Pause();

        public void Resume() => output.Resume();

        public void Dispose() => output.Dispose();
    }
}
