using System.Collections.Concurrent;

namespace TspActors.Playback.Outputs;

/// <summary>The sound systems of a machine, with their default devices or the device that the user chose.</summary>
/// <remarks>A driver that hangs cannot block the caller for long.</remarks>
internal sealed class SoundDrivers
{
    private static readonly PcmFormat Usual = new(44100, 2);

    private readonly ConcurrentDictionary<string, HangingCalls> _hanging = new(StringComparer.Ordinal);
    private readonly List<OutputKind> _kinds = [];
    private readonly AudioSettings _settings;
    private readonly TimeProvider _time;

    /// <param name="outputs">The machine's outputs, best first. For each driver in the settings, the first usable output is
    /// used.</param>
    /// <param name="settings">The drivers, the device and the deadlines.</param>
    /// <param name="time">The clock for the deadlines.</param>
    internal SoundDrivers(IReadOnlyList<OutputKind> outputs, AudioSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        var problems = new List<string>();
        foreach (var driver in settings.Drivers)
        {
            var kinds = outputs.Where(kind => kind.Driver == driver).ToList();
            if (kinds.Find(kind => kind.Problem is null) is { } usable)
                _kinds.Add(usable);
            else
                problems.AddRange(kinds.Select(kind => kind.Problem!));
        }

        if (_kinds.Count == 0)
            Problem = problems.Count == 0 ? "no sound device found" : string.Join(", ", problems.Distinct(StringComparer.Ordinal));
    }

    /// <summary>Why no driver can be used on this machine; null if one can, even if there is no device.</summary>
    internal string? Problem { get; }

    /// <summary>Creates a driver's output without opening it.</summary>
    internal IAudioOutput NewOutput(string driver)
    {
        var output = _kinds.Find(kind => kind.Driver == driver)!.New(_settings.Device, _settings, _time);
        return new DeadlineOutput(output, _settings.DeviceDeadline, HangingCallsOf(driver), _time);
    }

    /// <summary>
    /// Looks for the first driver with a device that actually opens. Some drivers open without looking for a device, so each driver is also
    /// started. If a driver hangs, the search ends at the deadline, and later searches skip that driver until its call has returned.
    /// </summary>
    /// <returns>The driver; null if none was found, and <paramref name="problem"/> then gives the reason.</returns>
    internal string? Find(out string problem)
    {
        problem = Problem ?? "no sound device found";
        var start = _time.GetTimestamp();
        foreach (var driver in _kinds.Select(kind => kind.Driver))
        {
            if (Opens(driver))
                return driver;
            if (HangingCallsOf(driver).Any)
                problem = $"no sound device found ({driver} does not respond)";
            if (_time.GetElapsedTime(start) >= _settings.DeviceDeadline)
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
            // Try the next driver. If none opens, the caller reports that.
            return false;
        }
    }

    private HangingCalls HangingCallsOf(string driver) => _hanging.GetOrAdd(driver, _ => new HangingCalls());
}
