namespace TspActors.Playback.Backends;

internal sealed partial class AudioMachine
{
    static partial void FindWaves(ref WaveParts? waves) => waves = new WaveParts(
        "naudio",
        OperatingSystem.IsWindows() ? null : "NAudio plays on Windows only",
        header => new NAudioDecompressor(header),
        (format, buffer) => new NAudioDevice(format, buffer));
}
