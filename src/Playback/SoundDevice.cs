namespace TspActors.Playback;

/// <summary>A sound device that can play songs.</summary>
/// <param name="Driver">The sound system, such as "pulse" or "wasapi".</param>
/// <param name="Name">The name for <c>--audio-device</c>.</param>
/// <param name="Description">The device's human-readable name.</param>
/// <param name="IsDefault">Whether the sound system plays on this device when none is chosen.</param>
public sealed record SoundDevice(string Driver, string Name, string Description, bool IsDefault);
