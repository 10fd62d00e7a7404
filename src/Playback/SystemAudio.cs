using TspActors.Playback.Mpg123;
using TspActors.Playback.WaveOut;

namespace TspActors.Playback;

/// <summary>The sound facilities of the machine that this process runs on.</summary>
internal sealed partial class SystemAudio : ISystemAudio
{
    public string? DecoderProblem { get; } =
        Mpg123Library.Available ? null : NativeAudio.FindProblem(NativeAudio.Mpg123) ?? "libmpg123 cannot be initialized";

    public string? DecoderWarning { get; } = Mpg123Version.FindProblem();

    public string? OutputProblem { get; } = Out123Library.Available ? null : NativeAudio.FindProblem(NativeAudio.Out123);

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

    // Only builds with NAudio (UseNAudio) implement this method.
    static partial void FindWaves(ref WaveBackend? waves);
}
