using System.Runtime.Versioning;
using NAudio.CoreAudioApi;
using NAudio.Wave;

namespace TspActors.Playback.Windows;

/// <summary>Finds Windows sound devices.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsDevices
{
    /// <summary>Opens the playback endpoint with this name, such as "Speakers (USB Audio)".</summary>
    /// <exception cref="AudioOutputException">There is no such device.</exception>
    public static MMDevice OpenEndpoint(string name)
    {
        using var enumerator = new MMDeviceEnumerator();
        MMDevice? found = null;
        foreach (var device in enumerator.EnumerateAudioEndPoints(DataFlow.Render, DeviceState.Active))
        {
            if (found is null && string.Equals(device.FriendlyName, name, StringComparison.OrdinalIgnoreCase))
                found = device;
            else
                device.Dispose();
        }

        return found ?? throw new AudioOutputException($"There is no sound device {name}.");
    }

    /// <summary>Returns the number of the WaveOut device with this name; -1 = the default one.</summary>
    /// <exception cref="AudioOutputException">There is no such device.</exception>
    public static int FindWaveOut(string? name)
    {
        if (name is null)
            return -1;
        for (var number = 0; number < WaveOut.DeviceCount; number++)
        {
            // WaveOut truncates names to 31 characters.
            var product = WaveOut.GetCapabilities(number).ProductName;
            if (product.Length > 0 && name.StartsWith(product, StringComparison.OrdinalIgnoreCase))
                return number;
        }

        throw new AudioOutputException($"There is no sound device {name}.");
    }

    /// <summary>Lists the active playback endpoints.</summary>
    public static IReadOnlyList<SoundDevice> List()
    {
        using var enumerator = new MMDeviceEnumerator();
        var first = DefaultName(enumerator);
        var devices = new List<SoundDevice>();
        foreach (var device in enumerator.EnumerateAudioEndPoints(DataFlow.Render, DeviceState.Active))
        {
            using (device)
                devices.Add(new SoundDevice("wasapi", device.FriendlyName, device.FriendlyName, device.FriendlyName == first));
        }

        return devices;
    }

    private static string? DefaultName(MMDeviceEnumerator enumerator)
    {
        if (!enumerator.HasDefaultAudioEndpoint(DataFlow.Render, Role.Multimedia))
            return null;
        using var device = enumerator.GetDefaultAudioEndpoint(DataFlow.Render, Role.Multimedia);
        return device.FriendlyName;
    }
}
