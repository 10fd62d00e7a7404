namespace TspActors.Playback;

/// <summary>
/// Where decoded sound goes: a device, a file, or nowhere at the pace of a device. Used by one thread only; every call may block that thread,
/// none longer than the output's own buffer lasts, or its deadline for a device that hangs. <see cref="IDisposable.Dispose"/> closes it at once; drain first to hear the rest.
/// </summary>
public interface IAudioOutput : IDisposable
{
    /// <summary>What a person reads: "pulse", "wav:song.wav", "null".</summary>
    string Name { get; }

    /// <summary>How much of what it was given it has still to sound, as far as it knows; asked after a <see cref="Write"/>.</summary>
    TimeSpan Latency => TimeSpan.Zero;

    /// <summary>Opens the output, or opens it again for another format; what was written before is heard first.</summary>
    /// <exception cref="AudioOutputException">The device or the file cannot be opened.</exception>
    void Open(PcmFormat format);

    /// <summary>Hands over whole sample frames and waits until the output has taken them.</summary>
    /// <param name="pcm">Samples in the format of the last <see cref="Open"/>.</param>
    /// <param name="interrupt">Ends the wait early, without an exception.</param>
    /// <returns>The bytes taken: fewer than given only when interrupted.</returns>
    /// <exception cref="AudioOutputException">The device is gone or the file cannot be written.</exception>
    int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt);

    /// <summary>Waits until everything written has been heard.</summary>
    /// <returns>False when interrupted before that.</returns>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    bool Drain(CancellationToken interrupt);

    /// <summary>Forgets what was written and is not yet heard.</summary>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    void Drop();

    /// <summary>Falls silent and keeps what is not yet heard.</summary>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    void Pause();

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    void Resume();
}

/// <summary>An output could not be opened or has stopped taking sound; the message says which and why.</summary>
public sealed class AudioOutputException(string message) : Exception(message);
