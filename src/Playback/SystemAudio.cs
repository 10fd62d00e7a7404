using TspActors.Playback.Alsa;
using TspActors.Playback.Decoders;
using TspActors.Playback.Decoders.Layer3;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;
using TspActors.Playback.Programs;
using TspActors.Playback.Pulse;
using TspActors.Playback.Windows;

namespace TspActors.Playback;

/// <summary>The sound facilities of the machine that this process runs on.</summary>
internal sealed class SystemAudio : ISystemAudio
{
    private static readonly TimeSpan ListDeadline = TimeSpan.FromSeconds(5);

    public IReadOnlyList<DecoderKind> Decoders { get; } =
    [
        Mpg123Kind(),
        WindowsAudio.Decoder,
        new("NLayer", null, NLayerDecoder.New),
    ];

    public IReadOnlyList<OutputKind> Outputs { get; } =
    [
        .. WindowsAudio.Outputs,
        .. Out123Kinds(),
        new("pulse", "libpulse", PulseOutput.FindProblem(), (device, settings, _) => new PulseOutput(device, settings)),
        new("alsa", "libasound", AlsaOutput.FindProblem(), (device, settings, _) => new AlsaOutput(device, settings)),
        new("program", "pw-play, paplay or aplay", PlayerPipeOutput.FindProblem(), (device, settings, _) => new PlayerPipeOutput(device, settings)),
    ];

    public string? Program { get; } = Mpg123Program.Find();

    public IReadOnlyList<SoundDevice> ListDevices() =>
        OperatingSystem.IsWindows() ? WindowsDevices.List() : [.. PulseOutput.ListDevices(ListDeadline), .. AlsaOutput.ListDevices()];

    public bool ProgramFindsDevice(string program, AudioSettings settings) => Mpg123Program.FindsDevice(program, settings);

    private static DecoderKind Mpg123Kind()
    {
        var problem = Mpg123Library.Available ? null : NativeAudio.FindProblem(NativeAudio.Mpg123) ?? "libmpg123 cannot be initialized";
        return new DecoderKind("mpg123", problem, _ => new Mpg123Decoder())
        {
            IsWorthInstalling = !OperatingSystem.IsWindows(),
            Warning = problem is null ? Mpg123Version.FindProblem() : null,
        };
    }

    private static IEnumerable<OutputKind> Out123Kinds()
    {
        var problem = Out123Library.Available ? null : NativeAudio.FindProblem(NativeAudio.Out123);
        return Out123Output.Drivers.Select(driver => new OutputKind(
            driver, Out123Output.Library, problem, (device, settings, _) => new Out123Output(driver, device, settings.DeviceBuffer)));
    }
}
