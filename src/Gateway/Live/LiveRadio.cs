using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using TspActors.Gateway.Library;
using TspActors.Gateway.Media;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Live;

/// <summary>
/// The live feeds that are being played through this gateway. All listeners of a feed share one upstream, which is kept for a short time
/// after the last listener has left, because players often reconnect immediately. Thread-safe.
/// </summary>
internal sealed class LiveRadio(IActorRef peer, GatewayMediaSettings settings, FetchSlots seats, TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>How long a feed is kept without a listener.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<ContentHash, Tuned> _tuned = [];
    private bool _isClosed;

    /// <summary>
    /// Returns a feed's current title; empty = unknown, for example because nobody is listening to it through this gateway.
    /// </summary>
    public string TitleOf(LiveFeed feed)
    {
        lock (_lock)
            return _tuned.TryGetValue(feed.Hash, out var tuned) ? tuned.Upstream.Title : "";
    }

    /// <summary>Returns the number of listeners of a feed.</summary>
    public int ListenersOf(LiveFeed feed)
    {
        lock (_lock)
            return _tuned.TryGetValue(feed.Hash, out var tuned) ? tuned.Upstream.Count : 0;
    }

    /// <summary>Adds a listener to a feed. The caller must later call <see cref="Leave"/> with the same listener.</summary>
    /// <param name="feed">The feed.</param>
    /// <param name="device">The device that is listening. The upstream counts against the limits of the first such device.</param>
    /// <param name="listener">The listener.</param>
    /// <param name="fault">Why the listener could not be added.</param>
    public bool TryJoin(
        LiveFeed feed, string device, [NotNullWhen(true)] out LiveListener? listener, [NotNullWhen(false)] out FetchFault? fault)
    {
        fault = null;
        if (TryJoin(feed, device, out listener) || (StopUnheard() && TryJoin(feed, device, out listener)))
            return true;
        fault = new FetchFault(FetchFaultKind.TooMany, "too many songs and live feeds are being fetched", Retry);
        return false;
    }

    /// <summary>Removes a listener from a feed.</summary>
    public void Leave(LiveFeed feed, LiveListener listener)
    {
        lock (_lock)
        {
            if (!_tuned.TryGetValue(feed.Hash, out var tuned))
                return;
            tuned.Upstream.Leave(listener);
            if (tuned.Upstream.Count == 0)
                tuned.StartLingering(time, Linger, () => StopIfUnheard(tuned));
        }
    }

    /// <summary>Leaves all feeds, which ends all responses.</summary>
    public ValueTask DisposeAsync()
    {
        List<Tuned> all;
        lock (_lock)
        {
            _isClosed = true;
            all = [.. _tuned.Values];
        }

        foreach (var tuned in all)
            tuned.Upstream.Stop();
        return ValueTask.CompletedTask;
    }

    private bool TryJoin(LiveFeed feed, string device, [NotNullWhen(true)] out LiveListener? listener)
    {
        LiveUpstream upstream;
        lock (_lock)
        {
            listener = null;
            if (_tuned.TryGetValue(feed.Hash, out var known) && (listener = known.Upstream.Join()) is not null)
            {
                known.StopLingering();
                return true;
            }

            if (_isClosed || !seats.TryTake(device))
                return false;
            upstream = new LiveUpstream(settings, ended => Forget(feed.Hash, ended, device));
            listener = upstream.Join()!;
            _tuned[feed.Hash] = new Tuned(upstream);
        }

        _ = upstream.RunAsync(peer, feed, settings.FirstByteTimeout + settings.BusyWait);
        return true;
    }

    // Stops the feeds without listeners, to free their slots for a listener that switches to a different feed.
    private bool StopUnheard()
    {
        List<Tuned> all;
        lock (_lock)
            all = [.. _tuned.Values];
        var hasStopped = false;
        foreach (var tuned in all)
            hasStopped |= StopIfUnheard(tuned);
        return hasStopped;
    }

    private bool StopIfUnheard(Tuned tuned)
    {
        lock (_lock)
        {
            if (tuned.Upstream.Count > 0)
                return false;
            foreach (var feed in _tuned.Where(other => other.Value == tuned).Select(other => other.Key).ToList())
                _tuned.Remove(feed);
            tuned.StopLingering();
        }

        tuned.Upstream.Stop();
        return true;
    }

    private void Forget(ContentHash feed, LiveUpstream ended, string device)
    {
        lock (_lock)
        {
            if (_tuned.TryGetValue(feed, out var tuned) && tuned.Upstream == ended)
            {
                tuned.StopLingering();
                _tuned.Remove(feed);
            }
        }

        seats.Free(device);
    }

    /// <summary>A feed that is being played.</summary>
    private sealed class Tuned(LiveUpstream upstream)
    {
        private ITimer? _lingering;

        public LiveUpstream Upstream => upstream;

        public void StartLingering(TimeProvider time, TimeSpan length, Action stop)
        {
            _lingering?.Dispose();
            _lingering = time.CreateTimer(_ => stop(), null, length, Timeout.InfiniteTimeSpan);
        }

        public void StopLingering()
        {
            _lingering?.Dispose();
            _lingering = null;
        }
    }
}
