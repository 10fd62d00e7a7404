namespace TspActors.Playback;

/// <summary>
/// A destination for decoded sound: a device, a file, or nothing at the pace of a device. Only one thread uses it. Every call may block
/// that thread, but no longer than the output's own buffer lasts or, for a device that hangs, its deadline.
/// <see cref="IDisposable.Dispose"/> closes the output at once; drain it first to hear the rest.
/// </summary>
public interface IAudioOutput : IDisposable
{
    /// <summary>The name shown to people: "pulse", "wav:song.wav", "null".</summary>
    string Name { get; }

    /// <summary>How much of the written sound is not yet audible, as far as the output knows. Valid after a <see cref="Write"/>.</summary>
    TimeSpan Latency => TimeSpan.Zero;

    /// <summary>Opens the output, or reopens it for another format after playing what was written before.</summary>
    /// <exception cref="AudioOutputException">The device or the file cannot be opened.</exception>
    void Open(PcmFormat format);

    /// <summary>Writes whole sample frames and waits until the output has accepted them.</summary>
    /// <param name="pcm">Samples in the format of the last <see cref="Open"/>.</param>
    /// <param name="interrupt">Ends the wait early, without an exception.</param>
    /// <returns>The number of bytes accepted; fewer than given only when interrupted.</returns>
    /// <exception cref="AudioOutputException">The device is gone or the file cannot be written.</exception>
    int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt);

    /// <summary>Waits until everything written has been played.</summary>
    /// <returns>False when interrupted.</returns>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    bool Drain(CancellationToken interrupt);

    /// <summary>Drops what was written and is not yet audible.</summary>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    void Drop();

    /// <summary>Goes silent and keeps what is not yet audible.</summary>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    void Pause();

    /// <summary>Continues after <see cref="Pause"/>.</summary>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    void Resume();
}

/// <summary>An output could not be opened or stopped accepting sound; the message says which one and why.</summary>
public sealed class AudioOutputException(string message) : Exception(message);
