using System.Diagnostics;
using System.Net;
using Akka.Actor;
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
/// Queues the searches of all sessions, and serves their addresses in round-robin order, so that no address delays the others. Every second
/// turn belongs to the addresses that search no more than people do, so that many addresses that search all the time delay them little.
/// </summary>
/// <remarks>
/// SearchCatalog → queued → an idle <see cref="SearchWorkerActor"/> → CatalogSearched to the session and SearchDone to this actor → the
/// next search. A session has at most one search at a time, and when it ends, it withdraws a search that is still queued. There are
/// therefore never more queued searches than open connections. Supervision: a worker that fails is restarted; it has no state to lose.
/// </remarks>
internal sealed class SearcherActor : UntypedActor
{
    private readonly FairQueue<IPAddress, (SearchCatalog Search, IActorRef Session)> _waiting = new();
    private readonly Queue<IActorRef> _idle = new();

    // An address with a token left searches no more than people do: one search a second, or a few in a row.
    private readonly TokenBuckets<IPAddress> _calm = new(perHour: 3600, burst: 5);

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    public SearcherActor(Props worker, int workers)
    {
        for (var index = 0; index < workers; index++)
            _idle.Enqueue(Context.ActorOf(worker));
    }

    /// <summary>
    /// Returns the Props of a searcher with one worker for every two processors, but at least one, so that half of the processors stay free
    /// for other work.
    /// </summary>
    public static Props Props() => Props(SearchWorkerActor.Props(), Math.Max(1, Environment.ProcessorCount / 2));

    /// <param name="worker">The Props of a worker, which replies to each search and then sends <see cref="SearchDone"/>.</param>
    /// <param name="workers">The number of concurrent workers.</param>
    internal static Props Props(Props worker, int workers) => Akka.Actor.Props.Create(() => new SearcherActor(worker, workers));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SearchCatalog search:
                _waiting.Add(search.Address, (search, Sender), isPreferred: _calm.Find(search.Address, Now).TrySpend(1, Now, out _));
                Dispatch();
                break;
            case ForgetSearch forget:
                _waiting.Remove(forget.Search.Address, (forget.Search, Sender));
                break;
            case SearchDone:
                _idle.Enqueue(Sender);
                Dispatch();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Dispatch()
    {
        while (_idle.Count > 0 && _waiting.TryDequeue(_ => true, out var next))
            _idle.Dequeue().Tell(next.Search, next.Session);
    }
}

/// <summary>From a worker to the SearcherActor: the worker is idle.</summary>
internal sealed record SearchDone : ILocalMessage
{
    public static readonly SearchDone Instance = new();
}
