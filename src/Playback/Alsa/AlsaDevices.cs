namespace TspActors.Playback.Alsa;

/// <summary>Lists the PCMs that ALSA's configuration offers for playback.</summary>
internal static unsafe class AlsaDevices
{
    private const int AllCards = -1;
    private const int MaxDevices = 256;

    internal static IReadOnlyList<SoundDevice> List()
    {
        AlsaLibrary.Silence();
        if (AlsaLibrary.GetHints(AllCards, "pcm", out var hints) < 0 || hints == null)
            return [];
        try
        {
            var devices = new List<SoundDevice>();
            for (var hint = hints; *hint != 0 && devices.Count < MaxDevices; hint++)
            {
                // A device without a direction can both play and record. The device "null" is left out, because it discards all sound.
                if (AlsaLibrary.GetHint(*hint, "NAME") is not { Length: > 0 } name || name == "null"
                    || AlsaLibrary.GetHint(*hint, "IOID") is not (null or "Output"))
                    continue;
                var description = AlsaLibrary.GetHint(*hint, "DESC")?.ReplaceLineEndings(", ") ?? name;
                devices.Add(new SoundDevice("alsa", name, description, name == "default"));
            }

            return devices;
        }
        finally
        {
            _ = AlsaLibrary.FreeHints(hints);
        }
    }
}
