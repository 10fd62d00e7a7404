namespace TspActors.Playback.Tests;

/// <summary>A device that can be made to hang in any call until the test releases it.</summary>
internal sealed class HangingDevice
{
    private readonly object _gate = new();
    private readonly List<string> _calls = [];
    private readonly ManualResetEventSlim _goOn = new();
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closed;
    private int _entered;

    /// <summary>The call that hangs: a member of <see cref="IAudioOutput"/>; null for none.</summary>
    public string? HangsIn { get; init; }

    /// <summary>The error with which the hanging call fails once it is released; null if it succeeds.</summary>
    public string? FailsWith { get; init; }

    public TimeSpan Holds { get; init; }

    /// <summary>A task that completes when a call hangs.</summary>
    public Task Hangs => _hangs.Task;

    /// <summary>The number of calls that have hung so far.</summary>
    public int Entered => Volatile.Read(ref _entered);

    /// <summary>The number of closed outputs.</summary>
    public int Closed => Volatile.Read(ref _closed);

    /// <summary>The calls so far, in order.</summary>
    public string Calls
    {
        get
        {
            lock (_gate)
                return string.Join(' ', _calls);
        }
    }

    public IAudioOutput NewOutput() => new Output(this);

    /// <summary>Releases the hanging call, as if the device responded again.</summary>
    public void GoOn() => _goOn.Set();

    private void Call(string name)
    {
        lock (_gate)
            _calls.Add(name);
        if (name != HangsIn || _goOn.IsSet)
            return;
        Interlocked.Increment(ref _entered);
        _hangs.TrySetResult();
        _goOn.Wait();
        if (FailsWith is not null)
            throw new AudioOutputException(FailsWith);
    }

    private sealed class Output(HangingDevice device) : IAudioOutput
    {
        public string Name => "hanging";

        public TimeSpan Latency => device.Holds;

        public void Open(PcmFormat format) => device.Call(nameof(Open));

        public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
        {
            device.Call(nameof(Write));
            return pcm.Length;
        }

        public bool Drain(CancellationToken interrupt)
        {
            device.Call(nameof(Drain));
            return true;
        }

        public void Drop() => device.Call(nameof(Drop));

        public void Pause() => device.Call(nameof(Pause));

        public void Resume() => device.Call(nameof(Resume));

        public void Dispose()
        {
            device.Call(nameof(Dispose));
            Interlocked.Increment(ref device._closed);
        }
    }
}
