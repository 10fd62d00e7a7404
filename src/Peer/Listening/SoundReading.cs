namespace TspActors.Peer.Listening;

/// <summary>What the player says of itself at one moment.</summary>
/// <param name="Position">How much of the song that is heard was heard.</param>
/// <param name="Buffered">Playing time that is here and not heard yet, of all songs.</param>
/// <param name="Stalls">How often the sound ran dry since the player was opened.</param>
/// <param name="IsPaused">It is held.</param>
/// <param name="HasReachedNext">It plays the track that it was given to follow the current one.</param>
/// <param name="NextHasBytes">The first bytes of the next track have arrived.</param>
/// <param name="CanSeek">Enough of the current track is known to find a position in its bytes.</param>
internal readonly record struct SoundReading(
    TimeSpan Position, TimeSpan Buffered, int Stalls, bool IsPaused, bool HasReachedNext, bool NextHasBytes, bool CanSeek);
