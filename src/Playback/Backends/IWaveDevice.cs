namespace TspActors.Playback.Backends;

/// <summary>An open sound device that plays from a queue; the few calls of a sound library that <see cref="WaveDeviceOutput"/> needs.</summary>
internal interface IWaveDevice : IDisposable
{
    /// <summary>Why it has stopped by itself, such as a device that was unplugged; null while it plays.</summary>
    string? Failure { get; }

    /// <summary>Bytes that the queue can take now.</summary>
    int Room { get; }

    /// <summary>Sound in the queue.</summary>
    TimeSpan Queued { get; }

    /// <summary>Sound that the device takes out of the queue before it plays it.</summary>
    TimeSpan Ahead { get; }

    /// <summary>Adds whole sample frames, not more than there is room for.</summary>
    void Enqueue(ReadOnlySpan<byte> pcm);

    /// <summary>Forgets what is in the queue.</summary>
    void Clear();

    /// <summary>Falls silent and keeps the queue.</summary>
    void Pause();

    /// <summary>Plays on.</summary>
    void Resume();
}
