namespace TspActors.Peer.Live.Stations;

/// <summary>Decides which song of a selection comes next.</summary>
internal interface IRunningOrder
{
    /// <summary>Replaces the songs. Earlier plays still count.</summary>
    /// <param name="songs">The songs, each once, in the order of the selection.</param>
    /// <param name="history">The earlier plays.</param>
    /// <param name="played">The number of plays so far.</param>
    void Update(IReadOnlyList<RotationSong> songs, PlayHistory history, long played);

    /// <summary>Chooses the song for a play.</summary>
    /// <param name="number">The number of the play.</param>
    /// <param name="previous">The previous song; null = none.</param>
    /// <returns>The song; null if there are no songs.</returns>
    RotationSong? Next(long number, RotationSong? previous);
}
