namespace TspActors.Playback;

/// <summary>A way to make MP3 bytes heard: a decoder and an output that go together, and why they were chosen.</summary>
/// <param name="Name">What a person reads: "pulse", "wav:song.wav", "mpg123 program", "null".</param>
/// <param name="Reason">One line about the choice, such as "no sound device here: playing silently (null output)".</param>
/// <param name="AppliesVolume">False where the volume cannot be changed, because another program makes the sound.</param>
public sealed record AudioBackend(string Name, string Reason, bool AppliesVolume = true)
{
    /// <summary>Makes a song's decoder; the callback takes notices for the listener and runs on the thread that uses the decoder.</summary>
    public required Func<Action<string>, IMp3Decoder> CreateDecoder { get; init; }

    /// <summary>Makes a song's output, not yet opened; the callback takes notices for the listener and runs on the thread that uses the output.</summary>
    public required Func<Action<string>, IAudioOutput> CreateOutput { get; init; }
}

/// <summary>The sound that was asked for cannot be had; the message is one line that says why and what to do.</summary>
public abstract class AudioBackendException(string message) : Exception(message);

/// <summary>No back-end has that name: a mistake in the arguments or the configuration.</summary>
public sealed class UnknownAudioBackendException(string message) : AudioBackendException(message);

/// <summary>The back-end exists but not on this machine, or its file cannot be written.</summary>
public sealed class AudioUnavailableException(string message) : AudioBackendException(message);
