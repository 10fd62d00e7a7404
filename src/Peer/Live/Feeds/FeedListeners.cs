using Akka.Actor;
using Akka.Event;
using TspActors.Transport;

namespace TspActors.Peer.Live.Feeds;

/// <summary>The listeners of a live feed.</summary>
/// <param name="most">The maximum number of listeners; 0 = no limit.</param>
internal sealed class FeedListeners(int most)
{
    private readonly Dictionary<IActorRef, Listener> _listeners = [];

    /// <summary>The number of listeners.</summary>
    public int Count => _listeners.Count;

    /// <summary>How many times a listener has been too slow and missed something.</summary>
    public long Skipped { get; set; }

    /// <summary>Adds a listener. The feed's actor receives <see cref="Gone"/> when the listener stops.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="inPairs">Whether it sends two chunks at a time, if the burst allows it.</param>
    /// <param name="context">The context of the feed's actor.</param>
    /// <returns>False if the feed already has the maximum number.</returns>
    public bool TryAdd(IActorRef listener, bool inPairs, IActorContext context)
    {
        if (_listeners.ContainsKey(listener))
            return true;
        if (most > 0 && _listeners.Count >= most)
            return false;
        _listeners.Add(listener, new Listener(inPairs));
        context.WatchWith(listener, new Gone(listener));
        return true;
    }

    /// <summary>Removes a listener.</summary>
    public void Remove(IActorRef listener) => _listeners.Remove(listener);

    /// <summary>
    /// Tells the listeners about the newest chunk. A listener that sends two chunks at a time is not told about the first one of a pair.
    /// </summary>
    public void TellChanged(FeedSnapshot snapshot)
    {
        var changed = new FeedChanged(snapshot);
        foreach (var (actor, listener) in _listeners)
        {
            if (listener.InPairs && listener.Told + 1 == snapshot.Edge.Sequence && snapshot.IsFirstOfPair(actor))
                continue;
            listener.Told = snapshot.Edge.Sequence;
            actor.Tell(changed);
        }
    }

    /// <summary>Tells all listeners about the last chunk, and then that nothing follows.</summary>
    /// <param name="last">The feed at its end; null if it has no chunk.</param>
    /// <param name="lastWords">Why nothing follows.</param>
    public void TellEnd(FeedSnapshot? last, object lastWords)
    {
        var changed = last is null ? null : new FeedChanged(last);
        foreach (var actor in _listeners.Keys)
        {
            if (changed is not null)
                actor.Tell(changed);
            actor.Tell(lastWords);
        }
    }

    private sealed class Listener(bool inPairs)
    {
        public bool InPairs => inPairs;

        // The number of the newest chunk that the listener has been told about.
        public ulong Told { get; set; }
    }

    /// <summary>To the feed's actor: a listener has stopped.</summary>
    internal sealed record Gone(IActorRef Listener) : ILocalMessage, IDeadLetterSuppression;
}
