using Akka.Actor;
using TspActors.Gateway.Library;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Live;

/// <summary>
/// A live feed that is received once for all of its listeners. It keeps the last few seconds, so that a player that joins has something to
/// play right away. Thread-safe.
/// </summary>
/// <param name="settings">How much audio to keep for players that join, and for slow players.</param>
/// <param name="onEnd">Called once, when the feed has ended.</param>
internal sealed class LiveUpstream(GatewayMediaSettings settings, Action<LiveUpstream> onEnd) : ILiveReceiver
{
    // Chunks can be very short, so their number is limited too.
    private const int MaxRecent = 1_024;

    private readonly Lock _lock = new();
    private readonly List<LiveListener> _listeners = [];
    private readonly Queue<LiveSound> _recent = new();
    private TimeSpan _recentLength;
    private bool _hasEnded;
    private IActorRef? _fetch;

    /// <summary>The current title; empty = unknown.</summary>
    public string Title { get; private set; } = "";

    /// <summary>The number of listeners.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _listeners.Count;
        }
    }

    /// <summary>Requests the feed from the peer.</summary>
    public async Task RunAsync(IActorRef peer, LiveFeed feed, TimeSpan deadline)
    {
        try
        {
            var reply = await peer.Ask<object>(new ReceiveFeed(feed.TrackerId, feed.Hash, this), deadline).ConfigureAwait(false);
            if (reply is FetchRunning running)
                Keep(running.Fetch);
            else
                Ended(reply is FetchRefused refused ? refused.Fault : new FetchFault(FetchFaultKind.HostsFailed, "internal error"));
        }
        catch (Exception fault)
        {
            // There was no reply in time, or the reply was a failure. The reason is passed on to the listeners.
            Ended(new FetchFault(FetchFaultKind.HostsFailed, fault.Message));
        }
    }

    /// <summary>Adds a listener.</summary>
    /// <returns>The listener; null = the feed has just ended.</returns>
    public LiveListener? Join()
    {
        lock (_lock)
        {
            if (_hasEnded)
                return null;
            var listener = new LiveListener(settings.LiveBacklog);
            foreach (var sound in _recent)
                listener.Add(sound);
            _listeners.Add(listener);
            return listener;
        }
    }

    /// <summary>Removes a listener.</summary>
    public void Leave(LiveListener listener)
    {
        lock (_lock)
            _listeners.Remove(listener);
    }

    /// <summary>Leaves the feed.</summary>
    public void Stop()
    {
        Ended(null);
        IActorRef? fetch;
        lock (_lock)
            fetch = _fetch;
        fetch?.Tell(StopFetching.Instance);
    }

    /// <inheritdoc/>
    public bool Heard(LiveSound sound)
    {
        ArgumentNullException.ThrowIfNull(sound);
        lock (_lock)
        {
            if (_hasEnded)
                return false;
            Title = ShownText.Clean(sound.Title);
            _recent.Enqueue(sound);
            _recentLength += sound.Duration;
            while (_recent.Count > 1 && (_recentLength > settings.LiveBurst || _recent.Count > MaxRecent))
                _recentLength -= _recent.Dequeue().Duration;
            foreach (var listener in _listeners)
                listener.Add(sound);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Ended(FetchFault? fault)
    {
        lock (_lock)
        {
            if (_hasEnded)
                return;
            _hasEnded = true;
            foreach (var listener in _listeners)
                listener.End(fault);
            _recent.Clear();
        }

        onEnd(this);
    }

    private void Keep(IActorRef fetch)
    {
        bool isLate;
        lock (_lock)
        {
            _fetch = fetch;
            isLate = _hasEnded;
        }

        if (isLate)
            fetch.Tell(StopFetching.Instance);
    }
}
