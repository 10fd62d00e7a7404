namespace TspActors.Playback.Windows;

/// <summary>
/// An open sound device that plays from a queue. It covers only the operations that <see cref="WaveDeviceOutput"/> needs.
/// </summary>
internal interface IWaveDevice : IDisposable
{
    /// <summary>Why the device stopped on its own, for example because it was unplugged; null while it works.</summary>
    string? Failure { get; }

    /// <summary>The number of bytes that the queue can accept now.</summary>
    int Room { get; }

    /// <summary>The duration of the audio in the queue.</summary>
    TimeSpan Queued { get; }

    /// <summary>The duration of the audio that the device has removed from the queue but not yet played.</summary>
    TimeSpan Ahead { get; }

    /// <summary>Adds whole sample frames. The caller must not exceed <see cref="Room"/>.</summary>
    void Enqueue(ReadOnlySpan<byte> pcm);

    /// <summary>Empties the queue.</summary>
    void Clear();

    /// <summary>Pauses and keeps the queue.</summary>
    void Pause();

    /// <summary>Continues after a pause.</summary>
    void Resume();
}
