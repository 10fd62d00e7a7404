using Akka.Actor;
using Akka.Event;
using TspActors.Transport;

namespace TspActors.Peer.Live.Feeds;

/// <summary>The listeners of a live feed.</summary>
/// <param name="most">The maximum number of listeners; 0 = no limit.</param>
internal sealed class FeedListeners(int most)
{
    private const int EachChunk = LiveGrouping.LongGroup;

    // The index is the phase modulo LongGroup; EachChunk = the listener has no phase.
    private readonly HashSet<IActorRef>[] _byPhase = [.. Enumerable.Range(0, EachChunk + 1).Select(_ => new HashSet<IActorRef>())];
    private readonly Dictionary<IActorRef, int> _phases = [];

    /// <summary>The number of listeners.</summary>
    public int Count => _phases.Count;

    /// <summary>How many times listeners have missed chunks because they were too slow.</summary>
    public long Skipped { get; set; }

    /// <summary>Adds a listener. The feed's actor receives <see cref="Gone"/> when the listener stops.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="phase">Decides at which chunks <see cref="TellDue"/> notifies the listener; null = at every chunk.</param>
    /// <param name="context">The context of the feed's actor.</param>
    /// <returns>False if the feed already has the maximum number of listeners.</returns>
    public bool TryAdd(IActorRef listener, long? phase, IActorContext context)
    {
        if (_phases.ContainsKey(listener))
            return true;
        if (most > 0 && _phases.Count >= most)
            return false;
        var key = phase is { } number ? (int)((ulong)number % LiveGrouping.LongGroup) : EachChunk;
        _phases.Add(listener, key);
        _byPhase[key].Add(listener);
        context.WatchWith(listener, new Gone(listener));
        return true;
    }

    /// <summary>Removes a listener.</summary>
    public void Remove(IActorRef listener)
    {
        if (_phases.Remove(listener, out var key))
            _byPhase[key].Remove(listener);
    }

    /// <summary>Sends a message to all listeners.</summary>
    public void TellAll(object message)
    {
        foreach (var listener in _phases.Keys)
            listener.Tell(message);
    }

    /// <summary>Sends a message to the listeners whose next group ends with the newest chunk (<see cref="LiveGrouping"/>).</summary>
    /// <param name="message">The message.</param>
    /// <param name="edge">The number of the newest chunk.</param>
    /// <param name="size">The number of chunks in a group.</param>
    public void TellDue(object message, ulong edge, int size)
    {
        for (var key = 0; key <= EachChunk; key++)
        {
            if (key != EachChunk && (edge + (ulong)key) % (ulong)size != 0)
                continue;
            foreach (var listener in _byPhase[key])
                listener.Tell(message);
        }
    }

    /// <summary>To the feed's actor: a listener has stopped.</summary>
    internal sealed record Gone(IActorRef Listener) : ILocalMessage, IDeadLetterSuppression;
}
