using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;
using TspActors.Playback.Windows;

namespace TspActors.Playback;

/// <summary>The sound facilities of the machine that this process runs on.</summary>
internal sealed class SystemAudio : ISystemAudio
{
    public IReadOnlyList<DecoderKind> Decoders { get; } =
    [
        Mpg123Kind(),
        WindowsAudio.Decoder,
    ];

    public IReadOnlyList<OutputKind> Outputs { get; } = [.. WindowsAudio.Outputs, .. Out123Kinds()];

    public string? Program { get; } = Mpg123Program.Find();

    public IReadOnlyList<SoundDevice> ListDevices() => OperatingSystem.IsWindows() ? WindowsDevices.List() : [];

    public bool ProgramFindsDevice(string program, AudioSettings settings) => Mpg123Program.FindsDevice(program, settings);

    private static DecoderKind Mpg123Kind()
    {
        var problem = Mpg123Library.Available ? null : NativeAudio.FindProblem(NativeAudio.Mpg123) ?? "libmpg123 cannot be initialized";
        return new DecoderKind("mpg123", problem, _ => new Mpg123Decoder())
        {
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
