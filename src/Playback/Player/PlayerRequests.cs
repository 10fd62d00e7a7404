namespace TspActors.Playback.Player;

/// <summary>The current requests from the callers of a <see cref="SongPlayer"/> to its thread.</summary>
/// <param name="Stop">Whether to end playback.</param>
/// <param name="Pause">Whether to pause.</param>
/// <param name="Generation">A number that increases with every seek.</param>
/// <param name="Song">The audible song.</param>
/// <param name="Interrupt">Cancelled when a caller makes a new request.</param>
internal readonly record struct PlayerRequests(bool Stop, bool Pause, int Generation, int Song, CancellationToken Interrupt);
