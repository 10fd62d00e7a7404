using System.Net;
using TspActors.Protocol;

namespace TspActors.Transport.Limits;

/// <summary>
/// Limits guesses at an access key, a relay ticket or a call's token: after a few wrong proofs, an address must wait before each further
/// attempt, twice as long each time, up to a maximum.
/// </summary>
/// <remarks>
/// Thread-safe; one instance serves all connections of a server. An IPv6 address counts as its entire /64. A peer that has already proved
/// that it knows the access key is counted separately from its address, so a stranger behind the same router cannot lock it out. Anyone can
/// send a peer's id, so a peer that has proved its key over TLS is counted separately only on connections where it proves the key
/// again. On a plain connection, the id is enough, because a peer can offer nothing else.
/// </remarks>
/// <param name="maxDelay">The maximum wait; zero = no limit on guesses.</param>
/// <param name="time">The clock.</param>
public sealed class ProofAttempts(TimeSpan maxDelay, TimeProvider time)
{
    /// <summary>The number of wrong proofs after which an address must wait.</summary>
    public const int FreeFailures = 5;

    /// <summary>
    /// The maximum number of addresses, and of known peers, that are remembered. Beyond that number, the oldest are forgotten.
    /// </summary>
    public const int MaxRemembered = 10_000;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(10);

    // Failures this old are forgotten.
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guesser, Failures> _failures = [];
    private readonly Queue<(Guesser Guesser, TimeSpan At)> _order = new();
    private readonly HashSet<Guesser> _known = [];
    private readonly Queue<Guesser> _knownOrder = new();

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>Returns how long the peer must wait before its next proof is checked; zero = no wait.</summary>
    /// <param name="address">The peer's address.</param>
    /// <param name="peer">The id that the peer sent.</param>
    /// <param name="showsKey">Whether the peer has proved over TLS that it holds the key of this id.</param>
    public TimeSpan WaitFor(IPAddress address, PeerId peer, bool showsKey = false)
    {
        lock (_gate)
        {
            var now = Now;
            return _failures.TryGetValue(Find(address, peer, showsKey), out var failures) && failures.Until > now
                ? failures.Until - now
                : TimeSpan.Zero;
        }
    }

    /// <summary>Records a wrong proof.</summary>
    /// <param name="address">The peer's address.</param>
    /// <param name="peer">The id that the peer sent.</param>
    /// <param name="showsKey">Whether the peer has proved over TLS that it holds the key of this id.</param>
    public void Fail(IPAddress address, PeerId peer, bool showsKey = false)
    {
        if (maxDelay == TimeSpan.Zero)
            return;
        lock (_gate)
        {
            var now = Now;
            var guesser = Find(address, peer, showsKey);
            var count = 1 + (_failures.TryGetValue(guesser, out var before) && now - before.At < Memory ? before.Count : 0);
            _failures[guesser] = new Failures(count, now, now + DelayAfter(count));
            _order.Enqueue((guesser, now));
            Forget(now);
        }
    }

    /// <summary>Records a correct proof.</summary>
    /// <param name="address">The peer's address.</param>
    /// <param name="peer">The id that the peer sent.</param>
    /// <param name="showsKey">Whether the peer has proved over TLS that it holds the key of this id.</param>
    public void Succeed(IPAddress address, PeerId peer, bool showsKey = false)
    {
        lock (_gate)
        {
            var known = new Guesser(CountedAddress.From(address), peer, showsKey);
            if (!_known.Add(known))
                return;
            _knownOrder.Enqueue(known);
            if (_known.Count > MaxRemembered)
                _known.Remove(_knownOrder.Dequeue());
        }
    }

    private Guesser Find(IPAddress address, PeerId peer, bool showsKey)
    {
        var counted = CountedAddress.From(address);
        var known = new Guesser(counted, peer, showsKey);
        return _known.Contains(known) ? known : new Guesser(counted, null, false);
    }

    private TimeSpan DelayAfter(int failures)
    {
        if (failures < FreeFailures)
            return TimeSpan.Zero;
        var delay = FirstDelay * Math.Pow(2, Math.Min(30, failures - FreeFailures));
        return delay < maxDelay ? delay : maxDelay;
    }

    // The queue has an entry for each failure, in time order. A guesser is forgotten only when its newest entry leaves the queue.
    private void Forget(TimeSpan now)
    {
        while (_order.TryPeek(out var oldest)
            && (oldest.At + Memory <= now || _failures.Count > MaxRemembered || _order.Count > 2 * MaxRemembered))
        {
            _order.Dequeue();
            if (_failures.TryGetValue(oldest.Guesser, out var failures) && failures.At == oldest.At)
                _failures.Remove(oldest.Guesser);
        }
    }

    private readonly record struct Guesser(IPAddress Address, PeerId? Peer, bool ShowsKey);

    private readonly record struct Failures(int Count, TimeSpan At, TimeSpan Until);
}
