using System.Runtime.Versioning;
using NAudio.CoreAudioApi;
using NAudio.Wave;
using TspActors.Mpeg;
using TspActors.Playback.Decoders;
using TspActors.Playback.Decoders.Layer3;
using TspActors.Playback.Outputs;

namespace TspActors.Playback.Windows;

/// <summary>
/// The sound facilities of Windows, through NAudio: WASAPI in shared mode, WaveOut if that fails, and the MP3 codec (ACM).
/// </summary>
internal static class WindowsAudio
{
    /// <summary>The name of the library that plays the sound, as shown to users.</summary>
    public const string Library = "NAudio";

    private const string Elsewhere = "NAudio plays on Windows only";

    private static readonly string? Problem = OperatingSystem.IsWindows() ? null : Elsewhere;

    /// <summary>The outputs, best first.</summary>
    public static IReadOnlyList<OutputKind> Outputs { get; } =
    [
        new("wasapi", Library, Problem, (device, settings, time) => NewOutput("wasapi", device, settings, time, NewWasapi)),
        new("waveout", Library, Problem, (device, settings, time) => NewOutput("waveout", device, settings, time, NewWaveOut)),
    ];

    /// <summary>The decoder that uses the MP3 codec.</summary>
    public static DecoderKind Decoder { get; } = new(
        "the Windows codec",
        FindCodecProblem(),
        notify => NewDecoder(NLayerDecoder.Once(notify)));

    private static string? FindCodecProblem() =>
        !OperatingSystem.IsWindows() ? "the Windows codec is available on Windows only" : AcmDecompressor.FindProblem();

    private static CodecDecoder NewDecoder(Action<string> notify) =>
        new(header => OperatingSystem.IsWindows() ? NewDecompressor(header, notify) : throw NotHere());

    // The codec does not support the sample rates of MPEG-2.5.
    [SupportedOSPlatform("windows")]
    private static IFrameDecompressor NewDecompressor(Mp3FrameHeader header, Action<string> notify)
    {
        try
        {
            return new AcmDecompressor(header);
        }
        catch (InvalidOperationException)
        {
            return NLayerDecoder.NewDecompressor(header, notify);
        }
    }

    private static WaveDeviceOutput NewOutput(
        string driver, string? device, AudioSettings settings, TimeProvider time, Func<string?, TimeSpan, IWavePlayer> newPlayer) =>
        new(
            device is null ? driver : $"{driver}:{device}",
            format => new NAudioDevice(format, settings.DeviceBuffer, latency => newPlayer(device, latency)),
            settings.DeviceDeadline,
            time);

    private static IWavePlayer NewWasapi(string? device, TimeSpan latency) =>
        OperatingSystem.IsWindows() ? OpenWasapi(device, latency) : throw NotHere();

    private static IWavePlayer NewWaveOut(string? device, TimeSpan latency) =>
        OperatingSystem.IsWindows() ? OpenWaveOut(device, latency) : throw NotHere();

    [SupportedOSPlatform("windows")]
    private static WasapiPlayer OpenWasapi(string? device, TimeSpan latency)
    {
        var player = new WasapiPlayerBuilder().WithSharedMode().WithEventSync().WithMmcssThreadPriority("Audio")
            .WithLatency((int)latency.TotalMilliseconds);
        return (device is null ? player : player.WithDevice(WindowsDevices.OpenEndpoint(device))).Build();
    }

    [SupportedOSPlatform("windows")]
    private static WaveOut OpenWaveOut(string? device, TimeSpan latency)
    {
        // Each buffer is filled in one read. Bytes that this read does not return become silence.
        var buffers = Math.Clamp((int)(latency / NAudioDevice.Step), 2, 16);
        return new WaveOut
        {
            NumberOfBuffers = buffers,
            BufferMilliseconds = (int)latency.TotalMilliseconds / buffers,
            DeviceNumber = WindowsDevices.FindWaveOut(device),
        };
    }

    private static PlatformNotSupportedException NotHere() => new(Elsewhere);
}
