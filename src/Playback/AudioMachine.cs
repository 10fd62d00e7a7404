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

    /// <summary>The first driver whose device really opens, or null.</summary>
    string? FindDriver(AudioSettings settings);

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

    // Some drivers open without looking for a device, so each is started, too.
    public string? FindDriver(AudioSettings settings)
    {
        foreach (var driver in settings.Drivers)
        {
            try
            {
                using var output = new Out123Output(driver, null, settings.DeviceBuffer);
                output.Open(new PcmFormat(44100, 2));
                return driver;
            }
            catch (AudioOutputException)
            {
                // Not this one; that none opens is told by the caller.
            }
        }

        return null;
    }

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
