using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;
using TspActors.Transport;
using TspActors.Transport.Limits;

namespace TspActors.Tracker;

/// <summary>From a session to the SearcherActor: search for one page of hits. The reply is <see cref="CatalogSearched"/>.</summary>
/// <param name="Catalog">The snapshot to search.</param>
/// <param name="Cursor">Where the page starts.</param>
/// <param name="Request">The query.</param>
/// <param name="Places">The connection's search positions. The session must not touch them until the reply arrives.</param>
/// <param name="Address">The address of the connection, normalised for per-address limits.</param>
/// <param name="IsCalm">Whether the connection searches no more than a person does.</param>
internal sealed record SearchCatalog(
    CatalogSnapshot Catalog, int Cursor, ListRequest Request, SearchPositions Places, IPAddress Address, bool IsCalm = false)
    : ILocalMessage;

/// <summary>From a session to the SearcherActor: withdraw a queued search, because the session is ending.</summary>
internal sealed record ForgetSearch(SearchCatalog Search) : ILocalMessage;

/// <summary>From a worker to the session: the hits. The session now owns the buffer.</summary>
internal sealed record CatalogSearched(AnswerBuffer Answer) : ILocalMessage;

/// <summary>
/// Queues the searches of all sessions, and serves their addresses in round-robin order, so that no address delays the others. Every second
/// turn belongs to the addresses that search no more than people do, so that many addresses that search all the time delay them little. All
/// other addresses together are limited, because searches also slow down everything else. The connections of one address that search no
/// more than a person does have turns of their own.
/// </summary>
/// <remarks>
/// SearchCatalog → queued → an idle <see cref="SearchWorkerActor"/> → CatalogSearched to the session and SearchDone to this actor → the
/// next search. A session has at most one search at a time, and when it ends, it withdraws a search that is still queued. There are
/// therefore never more queued searches than open connections. Supervision: a worker that fails is restarted; it has no state to lose.
/// </remarks>
internal sealed class SearcherActor : UntypedActor, IWithTimers
{
    private readonly FairQueue<SearchOwner, (SearchCatalog Search, IActorRef Session)> _waiting = new();
    private readonly Queue<IActorRef> _idle = new();

    // An address with a token left searches no more than people do: three times a second, as somebody does who types, or some more in a
    // row.
    private readonly TokenBuckets<IPAddress> _calm = new(perHour: 3 * 3600, burst: 10);

    private readonly TokenBucket _others;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    public SearcherActor(Props worker, int workers, int othersPerSecond)
    {
        _others = new TokenBucket(othersPerSecond, othersPerSecond, Now);
        for (var index = 0; index < workers; index++)
            _idle.Enqueue(Context.ActorOf(worker));
    }

    /// <summary>
    /// Returns the Props of a searcher with one worker for every two processors, but at least one, so that half of the processors stay free
    /// for other work.
    /// </summary>
    /// <param name="othersPerSecond">
    /// The maximum number of searches per second for all addresses together that search more than people do; 0 = no limit.
    /// </param>
    public static Props Props(int othersPerSecond) =>
        Props(SearchWorkerActor.Props(), Math.Max(1, Environment.ProcessorCount / 2), othersPerSecond);

    /// <param name="worker">The Props of a worker, which replies to each search and then sends <see cref="SearchDone"/>.</param>
    /// <param name="workers">The number of concurrent workers.</param>
    /// <param name="othersPerSecond">The limit on searches of addresses that search more than people do; 0 = no limit.</param>
    internal static Props Props(Props worker, int workers, int othersPerSecond) =>
        Akka.Actor.Props.Create(() => new SearcherActor(worker, workers, othersPerSecond));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SearchCatalog search:
                _waiting.Add(OwnerOf(search), (search, Sender), IsPreferred(search));
                Dispatch();
                break;
            case ForgetSearch forget:
                _waiting.Remove(OwnerOf(forget.Search), (forget.Search, Sender));
                break;
            case SearchDone:
                _idle.Enqueue(Sender);
                Dispatch();
                break;
            case OthersAllowed:
                Dispatch();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // Each search of a program on this machine has its own turn, because such a program may search for many people.
    private static SearchOwner OwnerOf(SearchCatalog search) =>
        new(search.Address, search.IsCalm, IsLocal(search) ? search : null);

    // The address is counted as that of its entire IPv6 /64.
    private static bool IsLocal(SearchCatalog search) =>
        CountedAddress.IsThisMachine(search.Address) || search.Address.Equals(CountedAddress.From(IPAddress.IPv6Loopback));

    private bool IsPreferred(SearchCatalog search) =>
        IsLocal(search) || _calm.Find(search.Address, Now).TrySpend(1, Now, out _);

    private void Dispatch()
    {
        while (_idle.Count > 0)
        {
            var wait = _others.WaitFor(1, Now);
            if (!_waiting.TryDequeue(_ => true, onlyPreferred: wait > TimeSpan.Zero, out var next, out var isPreferred))
            {
                if (_waiting.Count > 0 && !Timers.IsTimerActive(OthersAllowed.Instance))
                    Timers.StartSingleTimer(OthersAllowed.Instance, OthersAllowed.Instance, wait);
                return;
            }

            if (!isPreferred)
                _others.Spend(1);
            _idle.Dequeue().Tell(next.Search, next.Session);
        }
    }

    private readonly record struct SearchOwner(IPAddress Address, bool IsCalm, object? Alone);

    private sealed record OthersAllowed : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly OthersAllowed Instance = new();
    }
}

/// <summary>From a worker to the SearcherActor: the worker is idle.</summary>
internal sealed record SearchDone : ILocalMessage
{
    public static readonly SearchDone Instance = new();
}
