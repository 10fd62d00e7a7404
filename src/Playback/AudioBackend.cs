namespace TspActors.Playback;

/// <summary>A decoder and an output that together make MP3 bytes audible, and the reason for choosing them.</summary>
/// <param name="Name">The name shown to the user: "pulse", "wav:song.wav", "mpg123 program", "null".</param>
/// <param name="Reason">One line that explains the choice, such as "no sound device found: playing silently (null output)".</param>
/// <param name="AppliesVolume">False if an external program plays the sound, so the player cannot change the volume.</param>
public sealed record AudioBackend(string Name, string Reason, bool AppliesVolume = true)
{
    /// <summary>Whether the sound goes to a file, which accepts it faster than a device.</summary>
    public bool IsFile => Name.StartsWith("wav:", StringComparison.Ordinal);

    /// <summary>Creates the decoder. The callback receives notices for the listener, on the thread that uses the decoder.</summary>
    public required Func<Action<string>, IMp3Decoder> CreateDecoder { get; init; }

    /// <summary>
    /// Creates the output without opening it. The callback receives notices for the listener, on the thread that uses the output.
    /// </summary>
    public required Func<Action<string>, IAudioOutput> CreateOutput { get; init; }
}

/// <summary>Thrown when the requested sound output is not available. The message is one line with the reason and the remedy.</summary>
public abstract class AudioBackendException(string message) : Exception(message);

/// <summary>Thrown when no backend has the requested name, or when <c>wav:</c> is not followed by a file name.</summary>
public sealed class UnknownAudioBackendException(string message) : AudioBackendException(message);

/// <summary>Thrown when a backend is not available on this machine, or its file cannot be written.</summary>
public sealed class AudioUnavailableException(string message) : AudioBackendException(message);
