namespace TspActors.Peer.Listening;

/// <summary>The queue before the user's last change, and the songs that the change removed.</summary>
/// <param name="Before">The waiting songs before the change, in order.</param>
/// <param name="Removed">The songs that the change removed.</param>
internal sealed record QueueUndo(IReadOnlyList<QueuedSong> Before, IReadOnlyList<QueuedSong> Removed)
{
    /// <summary>
    /// Returns the queue without the change. Songs that have been played since the change do not come back. Songs that have been added
    /// since follow at the end.
    /// </summary>
    /// <param name="waiting">The songs that are waiting now.</param>
    public IReadOnlyList<QueuedSong> Restore(IReadOnlyList<QueuedSong> waiting)
    {
        var left = waiting.Concat(Removed).CountBy(song => song).ToDictionary();
        return [.. Before.Concat(waiting).Where(Uses)];

        bool Uses(QueuedSong song) => left.TryGetValue(song, out var count) && count > 0 && (left[song] = count - 1) >= 0;
    }
}
