namespace TspActors.Playback.Tests;

/// <summary>An output that accepts and records everything immediately, unless a test makes it fail.</summary>
internal sealed class RecordingOutput : IAudioOutput
{
    private readonly MemoryStream _heard = new();

    public string Name => "recording";

    public List<PcmFormat> Formats { get; } = [];

    public int Drops { get; private set; }

    public bool Disposed { get; private set; }

    /// <summary>Whether opening fails, as it does without a device.</summary>
    public bool Absent { get; init; }

    /// <summary>The number of writes that succeed before the device is lost.</summary>
    public int WritesUntilLost { get; init; } = int.MaxValue;

    public int Writes { get; private set; }

    public byte[] Heard
    {
        get
        {
            lock (_heard)
                return _heard.ToArray();
        }
    }

    public void Open(PcmFormat format)
    {
        if (Absent)
            throw new AudioOutputException("There is no test device.");
        Formats.Add(format);
    }

    public int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt)
    {
        if (Writes++ >= WritesUntilLost)
            throw new AudioOutputException("The test device was unplugged.");
        lock (_heard)
            _heard.Write(pcm);
        return pcm.Length;
    }

    public bool Drain(CancellationToken interrupt) => true;

    public void Drop() => Drops++;

    public void Pause()
    {
    }

    public void Resume()
    {
    }

    public void Dispose() => Disposed = true;
}
