namespace TspActors.Playback;

/// <summary>Plays through a device, and silently on at the same pace when the device is lost: a pulled plug must not end the song.</summary>
internal sealed class FallbackOutput : IAudioOutput
{
    private readonly TimeProvider _time;
    private readonly Action<string> _notice;
    private IAudioOutput _output;
    private PcmFormat _format;
    private bool _lost;

    internal FallbackOutput(IAudioOutput device, TimeProvider time, Action<string> notice)
    {
        _output = device;
        _time = time;
        _notice = notice;
    }

    public string Name => _output.Name;

    public void Open(PcmFormat format)
    {
        _format = format;
        try
        {
            _output.Open(format);
        }
        catch (AudioOutputException lost) when (!_lost)
        {
            GoSilent(lost);
        }
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        try
        {
            return _output.Write(pcm, interrupt);
        }
        catch (AudioOutputException lost) when (!_lost)
        {
            GoSilent(lost);
            return _output.Write(pcm, interrupt);
        }
    }

    public bool Drain(CancellationToken interrupt)
    {
        try
        {
            return _output.Drain(interrupt);
        }
        catch (AudioOutputException lost) when (!_lost)
        {
            GoSilent(lost);
            return true;
        }
    }

    public void Drop() => _output.Drop();

    public void Pause() => _output.Pause();

    public void Resume() => _output.Resume();

    public void Dispose() => _output.Dispose();

    private void GoSilent(AudioOutputException lost)
    {
        _lost = true;
        _output.Dispose();
        _output = new NullOutput(_time);
        _output.Open(_format);
        _notice($"{lost.Message} The song goes on silently.");
    }
}
