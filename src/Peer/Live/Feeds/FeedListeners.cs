using Akka.Actor;
using Akka.Event;
using TspActors.Transport;

namespace TspActors.Peer.Live.Feeds;

/// <summary>The listeners of a live feed.</summary>
/// <param name="most">The maximum number of listeners; 0 = no limit.</param>
internal sealed class FeedListeners(int most)
{
    private readonly HashSet<IActorRef> _listeners = [];

    /// <summary>The number of listeners.</summary>
    public int Count => _listeners.Count;

    /// <summary>How many times a listener has missed chunks because it was too slow.</summary>
    public long Skipped { get; set; }

    /// <summary>Adds a listener. The feed's actor receives <see cref="Gone"/> when the listener stops.</summary>
    /// <returns>False if the feed already has the maximum number.</returns>
    public bool TryAdd(IActorRef listener, IActorContext context)
    {
        if (_listeners.Contains(listener))
            return true;
        if (most > 0 && _listeners.Count >= most)
            return false;
        _listeners.Add(listener);
        context.WatchWith(listener, new Gone(listener));
        return true;
    }

    /// <summary>Removes a listener.</summary>
    public void Remove(IActorRef listener) => _listeners.Remove(listener);

    /// <summary>Sends a message to all listeners.</summary>
    public void TellAll(object message)
    {
        foreach (var listener in _listeners)
            listener.Tell(message);
    }

    /// <summary>To the feed's actor: a listener has stopped.</summary>
    internal sealed record Gone(IActorRef Listener) : ILocalMessage, IDeadLetterSuppression;
}
