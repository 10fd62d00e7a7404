using TspActors.Playback.Backends;
using TspActors.Playback.Mpg123;

namespace TspActors.Playback;

/// <summary>What this machine offers for sound; asked by <see cref="AudioBackends"/>, replaced in tests.</summary>
internal interface IAudioMachine
{
    /// <summary>Null when libmpg123 can be used, else why not.</summary>
    string? WhyNoDecoder { get; }

    /// <summary>Null when libout123 can be used, else why not.</summary>
    string? WhyNoOutput { get; }

    /// <summary>NAudio, or null where it is not in this build.</summary>
    WaveParts? Waves { get; }

    /// <summary>The program mpg123, or null.</summary>
    string? Program { get; }

    /// <summary>The default device of a driver of libout123, not yet opened.</summary>
    IAudioOutput NewOutput(string driver, AudioSettings settings);

    /// <summary>Whether the program finds a device.</summary>
    bool ProgramFindsDevice(string program, AudioSettings settings);
}

/// <summary>The machine this process runs on.</summary>
internal sealed partial class AudioMachine : IAudioMachine
{
    public string? WhyNoDecoder { get; } =
        Mpg123Library.Available ? null : NativeAudio.WhyMissing(NativeAudio.Mpg123) ?? "libmpg123 does not start";

    public string? WhyNoOutput { get; } = Out123Library.Available ? null : NativeAudio.WhyMissing(NativeAudio.Out123);

    public WaveParts? Waves { get; } = BuiltInWaves();

    public string? Program { get; } = Mpg123Program.Find();

    public IAudioOutput NewOutput(string driver, AudioSettings settings) => new Out123Output(driver, null, settings.DeviceBuffer);

    public bool ProgramFindsDevice(string program, AudioSettings settings) => Mpg123Program.FindsDevice(program, settings);

    private static WaveParts? BuiltInWaves()
    {
        WaveParts? waves = null;
        FindWaves(ref waves);
        return waves;
    }

    // Has a body only where NAudio is built in (UseNAudio).
    static partial void FindWaves(ref WaveParts? waves);
}
