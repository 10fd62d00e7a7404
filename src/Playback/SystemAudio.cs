using TspActors.Playback.Backends;
using TspActors.Playback.Mpg123;

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

/// <summary>The sound facilities of the machine that this process runs on.</summary>
internal sealed partial class SystemAudio : ISystemAudio
{
    public string? WhyNoDecoder { get; } =
        Mpg123Library.Available ? null : NativeAudio.WhyMissing(NativeAudio.Mpg123) ?? "libmpg123 does not start";

    public string? WhyNoOutput { get; } = Out123Library.Available ? null : NativeAudio.WhyMissing(NativeAudio.Out123);

    public WaveBackend? Waves { get; } = BuiltInWaves();

    public string? Program { get; } = Mpg123Program.Find();

    public IAudioOutput NewOutput(string driver, AudioSettings settings) => new Out123Output(driver, null, settings.DeviceBuffer);

    public bool ProgramFindsDevice(string program, AudioSettings settings) => Mpg123Program.FindsDevice(program, settings);

    private static WaveBackend? BuiltInWaves()
    {
        WaveBackend? waves = null;
        FindWaves(ref waves);
        return waves;
    }

    // Has a body only where NAudio is built in (UseNAudio).
    static partial void FindWaves(ref WaveBackend? waves);
}
