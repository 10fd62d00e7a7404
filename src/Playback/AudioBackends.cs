using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Outputs;

namespace TspActors.Playback;

/// <summary>
/// Creates the backend that the user chose: <c>auto</c>, <c>naudio</c>, <c>mpg123</c>, <c>mpg123-program</c>, <c>wav:FILE</c> or
/// <c>null</c>.
/// </summary>
public static class AudioBackends
{
    private const string Choices = "auto, naudio, mpg123, mpg123-program, wav:FILE or null";
    private const string WavPrefix = "wav:";

    /// <summary>Creates a backend. If the backend needs a device, this method looks for one, which takes a moment.</summary>
    /// <param name="choice">The name, as given to <c>--audio</c>.</param>
    /// <param name="settings">The settings for devices; null for the defaults.</param>
    /// <param name="time">The clock for silent playback; null for the system clock.</param>
    /// <exception cref="UnknownAudioBackendException">No backend has that name, or <c>wav:</c> is not followed by a file name.</exception>
    /// <exception cref="AudioUnavailableException">The backend cannot be used on this machine, or its file cannot be written. Never thrown
    ///   for <c>auto</c> or <c>null</c>.</exception>
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
                return Device(drivers, settings, time, machine, out var problem)
                    ?? throw new AudioUnavailableException($"mpg123 cannot play: {problem}. Use --audio wav:FILE or --audio null.");
            case "mpg123-program":
                return Program(null, settings, time, machine, out var missing)
                    ?? throw new AudioUnavailableException($"mpg123-program cannot play: {missing}. Use --audio wav:FILE or --audio null.");
            case "null":
                return Silent("playing silently, as requested (null output)", time, machine);
            case "naudio":
                return NAudio(settings, time, machine);
            default:
                throw new UnknownAudioBackendException($"There is no audio output \"{choice}\". Use one of {Choices}.");
        }
    }

    // NAudio comes first. If the build includes it and it works, the user need not install anything.
    private static AudioBackend Auto(SoundDrivers drivers, AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        if (machine.Waves is { Problem: null } waves)
            return waves.Find(settings, time, out var problem)
                ?? waves.Waiting($"{problem}: playing silently until there is one", settings, time);
        return Device(drivers, settings, time, machine, out var why) ?? SilentForNow(why, drivers, settings, time, machine);
    }

    private static AudioBackend NAudio(AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        if (machine.Waves is not { } waves)
            throw new AudioUnavailableException($"naudio is not part of this build. It is the output for Windows. Use another of {Choices}.");
        return waves.Find(settings, time, out var problem)
            ?? throw new AudioUnavailableException($"naudio cannot play: {problem}. Use --audio wav:FILE or --audio null.");
    }

    private static AudioBackend? Device(
        SoundDrivers drivers, AudioSettings settings, TimeProvider time, ISystemAudio machine, out string problem)
    {
        if (machine.DecoderProblem is null && machine.OutputProblem is null)
        {
            return drivers.Find(out problem) is not { } driver ? null : new AudioBackend(driver, Warned($"playing through {driver}", machine))
            {
                CreateDecoder = _ => new Mpg123Decoder(),
                CreateOutput = notice => new FallbackOutput(() => drivers.NewOutput(driver), settings.DeviceRetry, time, notice),
            };
        }

        var why = machine.DecoderProblem ?? machine.OutputProblem!;
        var program = Program(why, settings, time, machine, out var noProgram);
        problem = machine.Program is null ? why : $"{why}, and {noProgram}";
        return program;
    }

    // A child process decodes and plays, so a malicious song that takes over that process does not harm this one.
    private static AudioBackend? Program(string? why, AudioSettings settings, TimeProvider time, ISystemAudio machine, out string problem)
    {
        problem = "the program mpg123 is not installed (Debian package mpg123, Homebrew formula mpg123)";
        if (machine.Program is not { } program)
            return null;
        problem = "the program mpg123 finds no sound device";
        if (!machine.ProgramFindsDevice(program, settings))
            return null;
        var playing = $"playing through the program {program}, which keeps its own volume";
        return new AudioBackend("mpg123 program", why is null ? playing : $"{why}: {playing}", AppliesVolume: false)
        {
            CreateDecoder = notice => new Mpg123Program(program, settings, notice),
            CreateOutput = _ => new NullOutput(time),
        };
    }

    private static string Warned(string reason, ISystemAudio machine) =>
        machine.DecoderWarning is { } warning ? $"{reason}; {warning}" : reason;

    // If the libraries can be used, the output keeps looking for a device, because the user may start a sound server or plug in headphones
    // while songs are playing.
    private static AudioBackend SilentForNow(
        string problem, SoundDrivers drivers, AudioSettings settings, TimeProvider time, ISystemAudio machine)
    {
        var reason = $"{problem}: playing silently (null output)";
        if (machine.DecoderProblem is not null || machine.OutputProblem is not null)
            return Silent(reason, time, machine);
        return new AudioBackend("null", Warned(reason + " until there is one", machine))
        {
            CreateDecoder = _ => new Mpg123Decoder(),
            CreateOutput = notice => new FallbackOutput(FindDevice, settings.DeviceRetry, time, notice, startSilent: true),
        };

        IAudioOutput FindDevice() => drivers.NewOutput(drivers.Find(out var none) ?? throw new AudioOutputException(none));
    }

    private static AudioBackend Silent(string reason, TimeProvider time, ISystemAudio machine) => new("null", reason)
    {
        CreateDecoder = _ => machine.DecoderProblem is null ? new Mpg123Decoder() : new SilentDecoder(),
        CreateOutput = _ => new NullOutput(time),
    };

    private static AudioBackend Wav(string file, AudioSettings settings, ISystemAudio machine)
    {
        if (file.Length == 0)
            throw new UnknownAudioBackendException("wav: needs a file name, as in wav:song.wav.");
        if ((machine.DecoderProblem ?? machine.OutputProblem) is { } missing)
            throw new AudioUnavailableException($"Cannot write {file}: {missing}.");
        // With a full path, the driver cannot interpret "-" as stdout, and a later change of the working directory has no effect.
        var path = Path.GetFullPath(file);
        CheckWritable(file, path);
        var begun = 0;
        return new AudioBackend($"{WavPrefix}{file}", Warned($"writing the sound to {path}", machine))
        {
            CreateDecoder = _ => new Mpg123Decoder(keepFirstFormat: true),
            // The file is chosen only when there is sound to write, so a song that never arrives creates no file.
            CreateOutput = notice => new Out123Output("wav", path, settings.DeviceBuffer, () => NextName(notice)),
        };

        // A second playback must not overwrite an earlier recording.
        string NextName(Action<string> notice)
        {
            if (Interlocked.Exchange(ref begun, 1) == 0 || !Path.Exists(path))
                return path;
            var next = AddNumber(path);
            notice($"writing the sound to {next}");
            return next;
        }
    }

    private static string AddNumber(string path)
    {
        var (stem, extension) = (Path.ChangeExtension(path, null), Path.GetExtension(path));
        for (var number = 2; ; number++)
        {
            var candidate = $"{stem}-{number}{extension}";
            if (!Path.Exists(candidate))
                return candidate;
        }
    }

    // When libout123 cannot open a file, it does not say why. So the file is opened here first, for the operating system's message.
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
