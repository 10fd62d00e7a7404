using TspActors.Mpeg;
using TspActors.Playback.Silence;

namespace TspActors.Playback.Backends;

/// <summary>What a sound library brings that decodes frame by frame and plays from a queue: NAudio, where it is built in.</summary>
/// <param name="Name">What a person reads.</param>
/// <param name="WhyNot">Null when it can be used on this machine, else why not.</param>
/// <param name="NewDecompressor">Makes a codec for frames of this format.</param>
/// <param name="NewDevice">Opens the default device for a format, to hold so much sound at most; fails with <see cref="AudioOutputException"/>.</param>
internal sealed record WaveParts(
    string Name, string? WhyNot, Func<Mp3FrameHeader, IFrameDecompressor> NewDecompressor, Func<PcmFormat, TimeSpan, IWaveDevice> NewDevice)
{
    private static readonly PcmFormat Usual = new(44100, 2);

    /// <returns>The back-end, or null and why it cannot be used.</returns>
    internal AudioBackend? Find(AudioSettings settings, TimeProvider time, out string whyNot)
    {
        whyNot = WhyNot ?? "";
        if (WhyNot is not null)
            return null;
        try
        {
            NewDevice(Usual, settings.DeviceBuffer).Dispose();
        }
        catch (AudioOutputException none)
        {
            whyNot = $"no sound device here ({none.Message})";
            return null;
        }

        return Backend(Name, $"playing through {Name}", settings, time, beginSilent: false);
    }

    /// <summary>Silent until there is a device.</summary>
    internal AudioBackend Waiting(string reason, AudioSettings settings, TimeProvider time) => Backend("null", reason, settings, time, beginSilent: true);

    private AudioBackend Backend(string name, string reason, AudioSettings settings, TimeProvider time, bool beginSilent) => new(name, reason)
    {
        CreateDecoder = _ => new CodecDecoder(NewDecompressor),
        CreateOutput = notice => new FallbackOutput(() => NewOutput(settings, time), settings.DeviceRetry, time, notice, beginSilent),
    };

    private WaveDeviceOutput NewOutput(AudioSettings settings, TimeProvider time) =>
        new(Name, format => NewDevice(format, settings.DeviceBuffer), settings.DeviceDeadline, time);
}
