using System.Collections.Concurrent;

namespace TspActors.Playback.Outputs;

/// <summary>The libout123 drivers with their default devices. A driver that hangs cannot block the caller for long.</summary>
internal sealed class SoundDrivers(ISystemAudio system, AudioSettings settings, TimeProvider time)
{
    private static readonly PcmFormat Usual = new(44100, 2);

    private readonly ConcurrentDictionary<string, HangingCalls> _hanging = new(StringComparer.Ordinal);

    /// <summary>Creates the output of a driver. The output is not yet open.</summary>
    internal IAudioOutput NewOutput(string driver) =>
        new DeadlineOutput(system.NewOutput(driver, settings), settings.DeviceDeadline, HangingCallsOf(driver), time);

    /// <summary>
    /// Looks for the first driver whose device really opens. Some drivers open without looking for a device, so each driver is also
    /// started. If a driver hangs, the search ends at the deadline, and later searches skip that driver until its call has returned.
    /// </summary>
    /// <returns>The driver; null if none was found. Then <paramref name="problem"/> gives the reason.</returns>
    internal string? Find(out string problem)
    {
        problem = "no sound device found";
        var start = time.GetTimestamp();
        foreach (var driver in settings.Drivers)
        {
            if (Opens(driver))
                return driver;
            if (HangingCallsOf(driver).Any)
                problem = $"no sound device found ({driver} does not respond)";
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
            // Try the next driver. If none opens, the caller reports it.
            return false;
        }
    }

    private HangingCalls HangingCallsOf(string driver) => _hanging.GetOrAdd(driver, _ => new HangingCalls());
}
