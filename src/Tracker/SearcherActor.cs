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
internal sealed record SearchCatalog(
    CatalogSnapshot Catalog, int Cursor, ListRequest Request, SearchPositions Places, IPAddress Address) : ILocalMessage;

/// <summary>From a session to the SearcherActor: withdraw a queued search, because the session is ending.</summary>
internal sealed record ForgetSearch(SearchCatalog Search) : ILocalMessage;

/// <summary>From a worker to the session: the hits. The session now owns the buffer.</summary>
internal sealed record CatalogSearched(AnswerBuffer Answer) : ILocalMessage;

/// <summary>
/// Queues the searches of all sessions, and serves their addresses in round-robin order, so that no address delays the others. Addresses
/// that have not searched lately come first, and those that search too often wait.
/// </summary>
/// <remarks>
/// SearchCatalog → queued → an idle <see cref="SearchWorkerActor"/> → CatalogSearched to the session and SearchDone to this actor → the
/// next search. A session has at most one search at a time, and when it ends, it withdraws a search that is still queued. There are
/// therefore never more queued searches than open connections. Supervision: a worker that fails is restarted; it has no state to lose.
/// </remarks>
internal sealed class SearcherActor : UntypedActor, IWithTimers
{
    private const int SecondsPerHour = 3600;

    // How soon to look again when only addresses that search too often are waiting.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);


    private readonly FairQueue<IPAddress, (SearchCatalog Search, IActorRef Session)> _waiting = new();
    private readonly Queue<IActorRef> _idle = new();
    private readonly NetworkBuckets _pace;

    public SearcherActor(Props worker, int workers, SearchLimits limits)
    {
        _pace = new NetworkBuckets((long)limits.PerAddressSecond * SecondsPerHour, limits.PerAddress);
        for (var index = 0; index < workers; index++)
            _idle.Enqueue(Context.ActorOf(worker));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>
    /// Returns the Props of a searcher with one worker for every two processors, but at least one, so that half of the processors stay free
    /// for other work.
    /// </summary>
    /// <param name="limits">The limits on searches.</param>
    public static Props Props(SearchLimits limits) => Props(SearchWorkerActor.Props(), Math.Max(1, Environment.ProcessorCount / 2), limits);

    /// <param name="worker">The Props of a worker, which replies to each search and then sends <see cref="SearchDone"/>.</param>
    /// <param name="workers">The number of concurrent workers.</param>
    /// <param name="limits">The limits on searches.</param>
    internal static Props Props(Props worker, int workers, SearchLimits limits) =>
        Akka.Actor.Props.Create(() => new SearcherActor(worker, workers, limits));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SearchCatalog search:
                _waiting.Add(search.Address, (search, Sender), isFirst: _pace.IsFull(search.Address, Now));
                Dispatch();
                break;
            case ForgetSearch forget:
                _waiting.Remove(forget.Search.Address, (forget.Search, Sender));
                break;
            case SearchDone:
                _idle.Enqueue(Sender);
                Dispatch();
                break;
            case Look:
                Dispatch();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Dispatch()
    {
        while (_idle.Count > 0 && _waiting.TryDequeue(MaySearch, out var next))
            _idle.Dequeue().Tell(next.Search, next.Session);
        if (_idle.Count > 0 && _waiting.Count > 0)
            Timers.StartSingleTimer(Look.Instance, Look.Instance, LookInterval);
    }

    private bool MaySearch(IPAddress address) => CountedAddress.IsThisMachine(address) || _pace.TrySpend(address, Now) is null;

    private sealed record Look : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Look Instance = new();
    }
}

/// <summary>From a worker to the SearcherActor: the worker is idle.</summary>
internal sealed record SearchDone : ILocalMessage
{
    public static readonly SearchDone Instance = new();
}
