namespace TspActors.Playback;

/// <summary>A decoder and an output that work together to make MP3 bytes audible, and the reason they were chosen.</summary>
/// <param name="Name">The name shown to people: "pulse", "wav:song.wav", "mpg123 program", "null".</param>
/// <param name="Reason">One line that explains the choice, such as "no sound device here: playing silently (null output)".</param>
/// <param name="AppliesVolume">False where another program makes the sound and the volume cannot be changed.</param>
public sealed record AudioBackend(string Name, string Reason, bool AppliesVolume = true)
{
    /// <summary>
    /// Creates the decoder of a song. The callback receives notices for the listener on the thread that uses the decoder.
    /// </summary>
    public required Func<Action<string>, IMp3Decoder> CreateDecoder { get; init; }

    /// <summary>
    /// Creates the output of a song, not yet opened. The callback receives notices for the listener on the thread that uses the output.
    /// </summary>
    public required Func<Action<string>, IAudioOutput> CreateOutput { get; init; }
}

/// <summary>The requested sound output is not available; the message is one line that says why and what to do.</summary>
public abstract class AudioBackendException(string message) : Exception(message);

/// <summary>No backend has that name: a mistake in the arguments or the configuration.</summary>
public sealed class UnknownAudioBackendException(string message) : AudioBackendException(message);

/// <summary>The backend exists, but not on this machine, or its file cannot be written.</summary>
public sealed class AudioUnavailableException(string message) : AudioBackendException(message);
