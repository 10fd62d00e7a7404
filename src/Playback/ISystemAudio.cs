using TspActors.Playback.WaveOut;

namespace TspActors.Playback;

/// <summary>The sound facilities of a machine, as <see cref="AudioBackends"/> needs them. Tests replace the implementation.</summary>
internal interface ISystemAudio
{
    /// <summary>Why libmpg123 cannot be used; null if it can be used.</summary>
    string? DecoderProblem { get; }

    /// <summary>A warning about the installed libmpg123; null if there is none.</summary>
    string? DecoderWarning => null;

    /// <summary>Why libout123 cannot be used; null if it can be used.</summary>
    string? OutputProblem { get; }

    /// <summary>NAudio; null if this build does not include it.</summary>
    WaveBackend? Waves { get; }

    /// <summary>The path of the mpg123 program; null if there is none.</summary>
    string? Program { get; }

    /// <summary>Creates an output on the default device of a libout123 driver. The output is not yet open.</summary>
    IAudioOutput NewOutput(string driver, AudioSettings settings);

    /// <summary>Returns whether the mpg123 program finds a device.</summary>
    bool ProgramFindsDevice(string program, AudioSettings settings);
}
