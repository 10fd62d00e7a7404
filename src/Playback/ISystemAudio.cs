using TspActors.Playback.Decoders;
using TspActors.Playback.Outputs;

namespace TspActors.Playback;

/// <summary>The sound facilities of a machine, as <see cref="AudioBackends"/> needs them. Tests replace the implementation.</summary>
internal interface ISystemAudio
{
    /// <summary>All decoders of this program, best first, including those that this machine cannot use.</summary>
    IReadOnlyList<DecoderKind> Decoders { get; }

    /// <summary>All outputs of this program for devices, best first, including those that this machine cannot use.</summary>
    IReadOnlyList<OutputKind> Outputs { get; }

    /// <summary>Lists the devices that can play songs, according to the sound systems.</summary>
    IReadOnlyList<SoundDevice> ListDevices();

    /// <summary>The path of the mpg123 program; null if there is none.</summary>
    string? Program { get; }

    /// <summary>Returns whether the mpg123 program finds a device.</summary>
    bool ProgramFindsDevice(string program, AudioSettings settings);
}
