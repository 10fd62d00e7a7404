namespace TspActors.Playback;

/// <summary>A sound device that an output can open.</summary>
/// <param name="Driver">The name of the output: "pulse" or "alsa".</param>
/// <param name="Name">The name by which the output opens the device.</param>
/// <param name="Description">What the device is called on the machine, in one line.</param>
/// <param name="IsDefault">Whether the output opens this device if no other is chosen.</param>
public sealed record SoundDevice(string Driver, string Name, string Description, bool IsDefault);
