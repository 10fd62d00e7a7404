using Akka.Actor;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Monitoring;

/// <summary>Asks a peer's actors for its figures, at most twice a second, however many clients request them.</summary>
/// <param name="peer">The peer.</param>
/// <param name="deadline">How long an actor may take to reply.</param>
/// <param name="time">The clock.</param>
internal sealed class PeerReader(MonitoredPeer peer, TimeSpan deadline, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private volatile PeerFigures _figures = PeerFigures.None;
    private Task<PeerFigures>? _reading;
    private long _begunAt;

    /// <summary>The figures from the last reading.</summary>
    public PeerFigures Figures => _figures;

    /// <summary>Reads the figures, unless they are fresh. The task completes within the deadline and never fails.</summary>
    public Task<PeerFigures> ReadAsync()
    {
        lock (_lock)
        {
            if (_reading is null || (_reading.IsCompleted && time.GetElapsedTime(_begunAt) >= Fresh))
            {
                _begunAt = time.GetTimestamp();
                _reading = CollectAsync();
            }

            return _reading;
        }
    }

    private async Task<PeerFigures> CollectAsync()
    {
        var link = TryAskAsync<LinkStatus>(peer.TrackerLink, GetLinkStatus.Instance);
        var hosting = TryAskAsync<HostingStatus>(peer.Hosting, GetHostingStatus.Instance);
        var library = TryAskAsync<LibraryStatus>(peer.Library, GetLibraryStatus.Instance);
        return _figures = new PeerFigures(
            await link.ConfigureAwait(false), await hosting.ConfigureAwait(false), await library.ConfigureAwait(false));
    }

    // If an actor does not reply in time, /health/ready reports that.
    private async Task<T?> TryAskAsync<T>(IActorRef actor, object question)
        where T : class
    {
        try
        {
            return await actor.Ask<T>(question, deadline).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
