using TspActors.Peer.Tracking;

namespace TspActors.Peer.Diagnosis;

/// <summary>Waits until this peer is connected to a tracker, and then for the tracker's verdict on this peer's port.</summary>
/// <param name="tracker">Waits for the connection to a tracker.</param>
/// <param name="verdict">Waits for the tracker's verdict, with a longer time limit.</param>
/// <param name="isFresh">Whether this peer has just started. If so, a report that the port cannot be reached is not final: the tracker also
/// sends that report before it has tested the port, and the peer usually asks the router to forward the port only after the test.</param>
internal sealed class PortVerdict(LinkWatch tracker, LinkWatch verdict, bool isFresh)
{
    /// <summary>
    /// Returns the state of the link once the verdict is known, or the last state if the verdict is still unknown when the wait is over.
    /// </summary>
    public async Task<LinkStatus> WaitAsync(CancellationToken cancellation)
    {
        var status = await tracker.WaitAsync(each => each.Connected, cancellation).ConfigureAwait(false);
        return status.Connected ? await verdict.WaitAsync(IsKnown, cancellation).ConfigureAwait(false) : status;
    }

    private bool IsKnown(LinkStatus status) => isFresh ? status.PortReachable == true : status.PortReachable is not null;
}
