using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;

namespace TspActors.Playback;

/// <summary>Chooses the backend for the user's choice: <c>auto</c>, <c>naudio</c>, <c>mpg123</c>, <c>wav:FILE</c> or <c>null</c>.</summary>
public static class AudioBackends
{
    private const string Choices = "auto, naudio, mpg123, wav:FILE or null";
    private const string WavPrefix = "wav:";

    /// <summary>Chooses a backend. Looks for a device where one is needed, which takes a moment.</summary>
    /// <param name="choice">The name, as in <c>--audio</c>.</param>
    /// <param name="settings">How to look for devices; null for the defaults.</param>
    /// <param name="time">The clock of silent playback; null for the system's.</param>
    /// <exception cref="UnknownAudioBackendException">No backend has that name.</exception>
    /// <exception cref="AudioUnavailableException">The backend cannot be used on this machine. Never thrown for <c>auto</c> and
    ///   <c>null</c>.</exception>
    public static AudioBackend Resolve(string choice, AudioSettings? settings = null, TimeProvider? time = null) =>
        Resolve(choice, settings ?? new AudioSettings(), time ?? TimeProvider.System, new SystemAudio());

    internal static AudioBackend Resolve(string choice, AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        ArgumentNullException.ThrowIfNull(choice);
        if (choice.StartsWith(WavPrefix, StringComparison.Ordinal))
            return Wav(choice[WavPrefix.Length..], settings, machine);
        var drivers = new SoundDrivers(machine, settings, time);
        switch (choice)
        {
            case "auto":
                return Auto(drivers, settings, time, machine);
            case "mpg123":
                return Device(drivers, settings, time, machine, out var whyNot)
                    ?? throw new AudioUnavailableException($"mpg123 cannot play: {whyNot}. Use --audio wav:FILE or --audio null.");
            case "null":
                return Silent("playing silently, as asked (null output)", time, machine);
            case "naudio":
                return NAudio(settings, time, machine);
            default:
                throw new UnknownAudioBackendException($"There is no audio output \"{choice}\". Use one of {Choices}.");
        }
    }

    // NAudio comes first: where it is built in and works, nothing has to be installed.
    private static AudioBackend Auto(SoundDrivers drivers, AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        if (machine.Waves is { WhyNot: null } waves)
            return waves.Find(settings, time, out var whyNot)
                ?? waves.Waiting($"{whyNot}: playing silently until there is one", settings, time);
        return Device(drivers, settings, time, machine, out var why) ?? SilentForNow(why, drivers, settings, time, machine);
    }

    private static AudioBackend NAudio(AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        if (machine.Waves is not { } waves)
            throw new AudioUnavailableException($"naudio is not in this build: it is the Windows output. Use one of {Choices}.");
        return waves.Find(settings, time, out var whyNot)
            ?? throw new AudioUnavailableException($"naudio cannot play: {whyNot}. Use --audio wav:FILE or --audio null.");
    }

    private static AudioBackend? Device(
        SoundDrivers drivers, AudioSettings settings, TimeProvider time, ISystemAudio machine, out string whyNot)
    {
        if (machine.WhyNoDecoder is null && machine.WhyNoOutput is null)
        {
            return drivers.Find(out whyNot) is not { } driver ? null : new AudioBackend(driver, $"playing through {driver}")
            {
                CreateDecoder = _ => new Mpg123Decoder(),
                CreateOutput = notice => new FallbackOutput(() => drivers.NewOutput(driver), settings.DeviceRetry, time, notice),
            };
        }

        whyNot = machine.WhyNoDecoder ?? machine.WhyNoOutput!;
        if (machine.Program is not { } program)
            return null;
        if (!machine.ProgramFindsDevice(program, settings))
        {
            whyNot += ", and the program mpg123 finds no sound device";
            return null;
        }

        return new AudioBackend(
            "mpg123 program", $"{whyNot}: playing through the program {program}, which keeps its own volume", AppliesVolume: false)
        {
            CreateDecoder = notice => new Mpg123Program(program, settings, notice),
            CreateOutput = _ => new NullOutput(time),
        };
    }

    // The user may start a sound server or plug in headphones while songs play.
    private static AudioBackend SilentForNow(
        string whyNot, SoundDrivers drivers, AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        var reason = $"{whyNot}: playing silently (null output)";
        if (machine.WhyNoDecoder is not null || machine.WhyNoOutput is not null)
            return Silent(reason, time, machine);
        return new AudioBackend("null", reason + " until there is one")
        {
            CreateDecoder = _ => new Mpg123Decoder(),
            CreateOutput = notice => new FallbackOutput(FindDevice, settings.DeviceRetry, time, notice, startSilent: true),
        };

        IAudioOutput FindDevice() => drivers.NewOutput(drivers.Find(out var none) ?? throw new AudioOutputException(none));
    }

    private static AudioBackend Silent(string reason, TimeProvider time, ISystemAudio machine) => new("null", reason)
    {
        CreateDecoder = _ => machine.WhyNoDecoder is null ? new Mpg123Decoder() : new SilentDecoder(),
        CreateOutput = _ => new NullOutput(time),
    };

    private static AudioBackend Wav(string file, AudioSettings settings, ISystemAudio machine)
    {
        if (file.Length == 0)
            throw new UnknownAudioBackendException("wav: needs a file name, as in wav:song.wav.");
        if ((machine.WhyNoDecoder ?? machine.WhyNoOutput) is { } missing)
            throw new AudioUnavailableException($"Cannot write {file}: {missing}.");
        // The full path keeps the driver from reading "-" as stdout and from following a later change of the working directory.
        var path = Path.GetFullPath(file);
        CheckWritable(file, path);
        var begun = 0;
        return new AudioBackend($"{WavPrefix}{file}", $"writing the sound to {path}")
        {
            CreateDecoder = _ => new Mpg123Decoder(keepFirstFormat: true),
            // The file name is chosen when there is sound to write, so a song that never arrives creates no file.
            CreateOutput = notice => new Out123Output("wav", path, settings.DeviceBuffer, () => NextName(notice)),
        };

        // Playback that starts again must not overwrite what was already recorded.
        string NextName(Action<string> notice)
        {
            if (Interlocked.Exchange(ref begun, 1) == 0 || !Path.Exists(path))
                return path;
            var next = Numbered(path);
            notice($"writing the sound to {next}");
            return next;
        }
    }

    private static string Numbered(string path)
    {
        var (stem, extension) = (Path.ChangeExtension(path, null), Path.GetExtension(path));
        for (var number = 2; ; number++)
        {
            var candidate = $"{stem}-{number}{extension}";
            if (!Path.Exists(candidate))
                return candidate;
        }
    }

    // The library only reports that it failed; the operating system says why.
    private static void CheckWritable(string file, string path)
    {
        var existed = File.Exists(path);
        try
        {
            using (File.Open(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
            {
            }

            if (!existed)
                File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AudioUnavailableException($"Cannot write {file}: {e.Message}");
        }
    }
}
