using TspActors.Mpeg;
using TspActors.Playback.Decoders;
using TspActors.Playback.Outputs;

namespace TspActors.Playback.WaveOut;

/// <summary>A sound library that decodes frame by frame and plays from a queue. NAudio is the only such library.</summary>
/// <param name="Name">The name shown to the user.</param>
/// <param name="Problem">Why the library cannot be used on this machine; null if it can be used.</param>
/// <param name="NewDecompressor">Creates a codec for frames of one format.</param>
/// <param name="NewDevice">Opens the default device for a format and a maximum buffer; throws <see cref="AudioOutputException"/>.</param>
internal sealed record WaveBackend(
    string Name, string? Problem, Func<Mp3FrameHeader, IFrameDecompressor> NewDecompressor,
    Func<PcmFormat, TimeSpan, IWaveDevice> NewDevice)
{
    private static readonly PcmFormat Usual = new(44100, 2);

    /// <returns>The backend; null if the library cannot be used or no device opens. Then <paramref name="problem"/> gives the
    ///   reason.</returns>
    internal AudioBackend? Find(AudioSettings settings, TimeProvider time, out string problem)
    {
        problem = Problem ?? "";
        if (Problem is not null)
            return null;
        try
        {
            NewDevice(Usual, settings.DeviceBuffer).Dispose();
        }
        catch (AudioOutputException none)
        {
            problem = $"no sound device found ({none.Message})";
            return null;
        }

        return Backend(Name, $"playing through {Name}", settings, time, startSilent: false);
    }

    /// <summary>Creates a backend that is silent until a device is available.</summary>
    internal AudioBackend Waiting(string reason, AudioSettings settings, TimeProvider time) =>
        Backend("null", reason, settings, time, startSilent: true);

    private AudioBackend Backend(string name, string reason, AudioSettings settings, TimeProvider time, bool startSilent) =>
        new(name, reason)
        {
            CreateDecoder = _ => new CodecDecoder(NewDecompressor),
            CreateOutput = notice => new FallbackOutput(() => NewOutput(settings, time), settings.DeviceRetry, time, notice, startSilent),
        };

    private WaveDeviceOutput NewOutput(AudioSettings settings, TimeProvider time) =>
        new(Name, format => NewDevice(format, settings.DeviceBuffer), settings.DeviceDeadline, time);
}
