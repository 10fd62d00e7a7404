namespace TspActors.Playback;

/// <summary>
/// A destination for decoded sound: a device, a file, or a silent output that runs at the pace of a device. Only one thread uses the
/// output. Every call may block that thread until the output's buffered sound has played or, if a device hangs, until a deadline.
/// <see cref="IDisposable.Dispose"/> closes the output immediately. Call <see cref="Drain"/> first to play the rest.
/// </summary>
public interface IAudioOutput : IDisposable
{
    /// <summary>The name shown to the user: "pulse", "wav:song.wav", "null".</summary>
    string Name { get; }

    /// <summary>
    /// The duration of the sound that was written but is not yet audible, if known. Valid after a <see cref="Write"/>.
    /// </summary>
    TimeSpan Latency => TimeSpan.Zero;

    /// <summary>
    /// Opens the output. If it is already open, this method first plays all written sound and then reopens it in the new format.
    /// </summary>
    /// <exception cref="AudioOutputException">The device or the file cannot be opened.</exception>
    void Open(PcmFormat format);

    /// <summary>Writes whole sample frames and waits until the output has accepted them.</summary>
    /// <param name="pcm">Samples in the format of the last <see cref="Open"/>.</param>
    /// <param name="interrupt">Ends the wait early, without an exception.</param>
    /// <returns>The number of bytes accepted, which is smaller than the length of <paramref name="pcm"/> only if the wait was
    ///   interrupted.</returns>
    /// <exception cref="AudioOutputException">The device is gone or the file cannot be written.</exception>
    int Write(ReadOnlySpan<byte> pcm, CancellationToken interrupt);

    /// <summary>Waits until all written sound has been played.</summary>
    /// <returns>False if interrupted.</returns>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    bool Drain(CancellationToken interrupt);

    /// <summary>Drops all sound that is not yet audible.</summary>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    void Drop();

    /// <summary>Pauses, keeping all sound that is not yet audible.</summary>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    void Pause();

    /// <summary>Continues after <see cref="Pause"/>.</summary>
    /// <exception cref="AudioOutputException">The device is gone.</exception>
    void Resume();
}

/// <summary>Thrown when an output cannot be opened or has stopped accepting sound. The message names the output and the reason.</summary>
public sealed class AudioOutputException(string message) : Exception(message);
