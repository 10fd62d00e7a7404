namespace TspActors.Playback.WaveOut;

/// <summary>
/// An open sound device that plays from a queue: the few calls of a sound library that <see cref="WaveDeviceOutput"/> needs.
/// </summary>
internal interface IWaveDevice : IDisposable
{
    /// <summary>Why the device stopped by itself, for example because it was unplugged; null while it plays.</summary>
    string? Failure { get; }

    /// <summary>How many bytes the queue can accept now.</summary>
    int Room { get; }

    /// <summary>The playing time in the queue.</summary>
    TimeSpan Queued { get; }

    /// <summary>The playing time that the device removes from the queue before it plays it.</summary>
    TimeSpan Ahead { get; }

    /// <summary>Adds whole sample frames, no more than there is room for.</summary>
    void Enqueue(ReadOnlySpan<byte> pcm);

    /// <summary>Drops what is in the queue.</summary>
    void Clear();

    /// <summary>Goes silent and keeps the queue.</summary>
    void Pause();

    /// <summary>Continues after a pause.</summary>
    void Resume();
}
