namespace TspActors.Playback.Outputs;

/// <summary>A way to play on the devices of one sound system.</summary>
/// <param name="Driver">The sound system, such as "pulse" or "wasapi". The first usable kind for a driver is used.</param>
/// <param name="Library">The library that plays the sound, such as "libout123" or "NAudio".</param>
/// <param name="Problem">Why this machine cannot use this kind; null if it can, even if there is no device.</param>
/// <param name="New">Creates the output without opening it.</param>
internal sealed record OutputKind(string Driver, string Library, string? Problem, NewOutput New);

/// <summary>Creates an output for a device; null = the default one. The output is not yet open.</summary>
internal delegate IAudioOutput NewOutput(string? device, AudioSettings settings, TimeProvider time);
