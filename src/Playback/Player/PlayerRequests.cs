namespace TspActors.Playback.Player;

/// <summary>What the callers of a <see cref="SongPlayer"/> currently request from its thread.</summary>
/// <param name="Stop">End playback.</param>
/// <param name="Pause">Hold the sound.</param>
/// <param name="Generation">Rises with every seek.</param>
/// <param name="Song">The audible song.</param>
/// <param name="Interrupt">Cancelled when a caller requests something else.</param>
internal readonly record struct PlayerRequests(bool Stop, bool Pause, int Generation, int Song, CancellationToken Interrupt);
