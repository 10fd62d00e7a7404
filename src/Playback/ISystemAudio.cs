using TspActors.Playback.WaveOut;

namespace TspActors.Playback;

/// <summary>The sound facilities of this machine, as <see cref="AudioBackends"/> sees them. Tests replace it.</summary>
internal interface ISystemAudio
{
    /// <summary>Null when libmpg123 is usable, otherwise the reason why not.</summary>
    string? WhyNoDecoder { get; }

    /// <summary>Null when libout123 is usable, otherwise the reason why not.</summary>
    string? WhyNoOutput { get; }

    /// <summary>NAudio, or null where this build does not include it.</summary>
    WaveBackend? Waves { get; }

    /// <summary>The path of the mpg123 program, or null.</summary>
    string? Program { get; }

    /// <summary>Creates an output, not yet opened, on the default device of a libout123 driver.</summary>
    IAudioOutput NewOutput(string driver, AudioSettings settings);

    /// <summary>Returns whether the mpg123 program finds a device.</summary>
    bool ProgramFindsDevice(string program, AudioSettings settings);
}
