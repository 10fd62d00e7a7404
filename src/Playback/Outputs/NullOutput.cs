namespace TspActors.Playback.Outputs;

/// <summary>An output that discards sound at the pace at which a device would play it.</summary>
internal sealed class NullOutput : IAudioOutput
{
    // A writer that is later than this had nothing to write, so the clock restarts. A writer that is less late merely woke up late, so it
    // may catch up.
    private static readonly TimeSpan IdleTolerance = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private readonly InterruptibleWait _wait;
    private PcmFormat _format;
    private long _startedAt;
    private long _frames;

    internal NullOutput(TimeProvider time)
    {
        _time = time;
        _wait = new InterruptibleWait(time);
    }

    public string Name => "null";

    public void Open(PcmFormat format)
    {
        _format = format;
        StartClock();
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        var frames = pcm.Length / _format.FrameBytes;
        if (Elapsed - TimeOf(_frames) > IdleTolerance)
            StartClock();
        var finished = _wait.Wait(TimeOf(_frames + frames) - Elapsed, interrupt);
        var played = finished ? frames : Math.Clamp(Elapsed.Ticks * _format.Rate / TimeSpan.TicksPerSecond - _frames, 0, frames);
        _frames += played;
        return (int)played * _format.FrameBytes;
    }

    public bool Drain(CancellationToken interrupt) => true; // a write returns when its sound has been played

    public void Drop() => StartClock();

    public void Pause()
    {
    }

    public void Resume() => StartClock();

    public void Dispose() => _wait.Dispose();

    private TimeSpan Elapsed => _time.GetElapsedTime(_startedAt);

    // The time is rounded up, so that the last frame has ended when a wait ends.
    private TimeSpan TimeOf(long frames) => new((frames * TimeSpan.TicksPerSecond + _format.Rate - 1) / _format.Rate);

    private void StartClock()
    {
        _startedAt = _time.GetTimestamp();
        _frames = 0;
    }
}
