using TspActors.Playback.Decoders;
using TspActors.Playback.Outputs;

namespace TspActors.Playback.Tests;

/// <summary>A machine with the decoders and outputs that a test gives it.</summary>
internal sealed record FakeMachine : ISystemAudio
{
    public IReadOnlyList<DecoderKind> Decoders { get; init; } = [Decoder("mpg123")];

    public IReadOnlyList<OutputKind> Outputs { get; init; } = [];

    public IReadOnlyList<SoundDevice> Devices { get; init; } = [];

    public string? Program { get; init; }

    public bool ProgramHasDevice { get; init; }

    public static DecoderKind Decoder(string name, string? problem = null) => new(name, problem, _ => new SilentDecoder());

    /// <summary>Returns an output with or without a device.</summary>
    public static OutputKind Output(string driver, bool hasDevice = true, string? problem = null, string library = "libout123") =>
        new(driver, library, problem, (_, _, _) => new RecordingOutput { Absent = !hasDevice });

    public IReadOnlyList<SoundDevice> ListDevices() => Devices;

    public bool ProgramFindsDevice(string program, AudioSettings settings) => ProgramHasDevice;
}
