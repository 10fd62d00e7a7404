namespace TspActors.Peer.Listening;

/// <summary>The state of the player at one moment.</summary>
/// <param name="Position">The playback position in the audible song.</param>
/// <param name="Buffered">The duration of the audio that is buffered but has not been heard yet, across all songs.</param>
/// <param name="Stalls">How many times playback has stalled since the player was opened.</param>
/// <param name="IsPaused">Whether the player is paused.</param>
/// <param name="HasReachedNext">Whether the player has moved on to the next track.</param>
/// <param name="NextHasBytes">Whether the first bytes of the next track have arrived.</param>
/// <param name="CanSeek">Whether enough of the current track is known to translate a position into a byte offset.</param>
internal readonly record struct SoundReading(
    TimeSpan Position, TimeSpan Buffered, int Stalls, bool IsPaused, bool HasReachedNext, bool NextHasBytes, bool CanSeek);
