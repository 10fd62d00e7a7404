using TspActors.Playback.WaveOut;

namespace TspActors.Playback;

internal sealed partial class SystemAudio
{
    static partial void FindWaves(ref WaveBackend? waves) => waves = new WaveBackend(
        "naudio",
        OperatingSystem.IsWindows() ? null : "NAudio plays on Windows only",
        header => new NAudioDecompressor(header),
        (format, buffer) => new NAudioDevice(format, buffer));
}
