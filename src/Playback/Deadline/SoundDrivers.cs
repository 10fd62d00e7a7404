using System.Collections.Concurrent;

namespace TspActors.Playback.Deadline;

/// <summary>The drivers of libout123 and their default devices, none of which can hold anybody up for long.</summary>
internal sealed class SoundDrivers(IAudioMachine machine, AudioSettings settings, TimeProvider time)
{
    private static readonly PcmFormat Usual = new(44100, 2);

    private readonly ConcurrentDictionary<string, HangingCalls> _hanging = new(StringComparer.Ordinal);

    /// <summary>A driver's output, not yet opened.</summary>
    internal IAudioOutput NewOutput(string driver) =>
        new DeadlineOutput(machine.NewOutput(driver, settings), settings.DeviceDeadline, HangingCallsOf(driver), time);

    /// <summary>
    /// Looks for the first driver whose device really opens: some open without looking for one, so each is started, too. One that hangs ends the search
    /// at the deadline; the next search leaves it out until it has come back.
    /// </summary>
    /// <returns>The driver, or null and why there is none.</returns>
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
            // Not this one; that none opens is told by the caller.
            return false;
        }
    }

    private HangingCalls HangingCallsOf(string driver) => _hanging.GetOrAdd(driver, _ => new HangingCalls());
}
