using TspActors.Playback.Outputs;

namespace TspActors.Playback.Player;

/// <summary>
/// An output that accepts sound only as fast as a listener would hear it, for a file that would otherwise be written at full speed.
/// </summary>
/// <remarks>
/// How far the player decodes ahead of a crossfade depends on how much time the output leaves the player. At this pace, a recording matches
/// what a listener would hear.
/// </remarks>
internal sealed class PacedOutput : IAudioOutput
{
    private readonly IAudioOutput _output;
    private readonly NullOutput _pace;

    internal PacedOutput(IAudioOutput output, TimeProvider time) => (_output, _pace) = (output, new NullOutput(time));

    public string Name => _output.Name;

    public void Open(PcmFormat format)
    {
        _output.Open(format);
        _pace.Open(format);
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        var heard = _pace.Write(pcm, interrupt);
        return heard == 0 ? 0 : _output.Write(pcm[..heard], interrupt);
    }

    public bool Drain(CancellationToken interrupt) => _output.Drain(interrupt);

    public void Drop()
    {
        _output.Drop();
        _pace.Drop();
    }

    public void Pause() => _output.Pause();

    public void Resume()
    {
        _output.Resume();
        _pace.Resume();
    }

    public void Dispose()
    {
        _output.Dispose();
        _pace.Dispose();
    }
}
