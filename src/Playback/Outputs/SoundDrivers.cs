using System.Collections.Concurrent;

namespace TspActors.Playback.Outputs;

/// <summary>The drivers of libout123 and their default devices, guarded so that none can block a caller for long.</summary>
internal sealed class SoundDrivers(ISystemAudio system, AudioSettings settings, TimeProvider time)
{
    private static readonly PcmFormat Usual = new(44100, 2);

    private readonly ConcurrentDictionary<string, HangingCalls> _hanging = new(StringComparer.Ordinal);

    /// <summary>Creates a driver's output, not yet opened.</summary>
    internal IAudioOutput NewOutput(string driver) =>
        new DeadlineOutput(system.NewOutput(driver, settings), settings.DeviceDeadline, HangingCallsOf(driver), time);

    /// <summary>
    /// Looks for the first driver whose device really opens. Some drivers open without looking for a device, so each one is also started. A
    /// driver that hangs ends the search at the deadline; later searches skip it until its call has returned.
    /// </summary>
    /// <returns>The driver, or null and the reason why there is none.</returns>
    internal string? Find(out string whyNot)
    {
        whyNot = "no sound device here";
        var start = time.GetTimestamp();
        foreach (var driver in settings.Drivers)
        {
            if (Opens(driver))
                return driver;
            if (HangingCallsOf(driver).Any)
                whyNot = $"no sound device here ({driver} does not answer)";
            if (time.GetElapsedTime(start) >= settings.DeviceDeadline)
                break;
        }

        return null;
    }

    private bool Opens(string driver)
    {
        using var output = NewOutput(driver);
        try
        {
            output.Open(Usual);
            return true;
        }
        catch (AudioOutputException)
        {
            // Try the next one; the caller reports when none opens.
            return false;
        }
    }

    private HangingCalls HangingCallsOf(string driver) => _hanging.GetOrAdd(driver, _ => new HangingCalls());
}
