using TspActors.Peer.Tracking;

namespace TspActors.Peer.Diagnosis;

/// <summary>Polls the tracker link until its state meets a condition.</summary>
/// <param name="ask">Asks for the state of the link.</param>
/// <param name="longestWait">How long to wait.</param>
/// <param name="clock">The clock that measures the wait.</param>
internal sealed class LinkWatch(Func<CancellationToken, Task<LinkStatus>> ask, TimeSpan longestWait, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Returns the state as soon as <paramref name="isKnown"/> returns true for it, or the last state when the wait is over.
    /// </summary>
    public async Task<LinkStatus> WaitAsync(Func<LinkStatus, bool> isKnown, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            var link = await ask(cancellation).ConfigureAwait(false);
            if (isKnown(link) || link.Final || clock.GetElapsedTime(start) >= longestWait)
                return link;
            await Task.Delay(Interval, clock, cancellation).ConfigureAwait(false);
        }
    }
}
