using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>To the SearcherActor, from a session: one page of what fits a query. Answered by <see cref="CatalogSearched"/>.</summary>
/// <param name="Catalog">Where to search.</param>
/// <param name="Cursor">Where the page begins.</param>
/// <param name="Request">The query.</param>
/// <param name="Places">Where the connection's searches ended; the session leaves them alone until the answer is there.</param>
/// <param name="Address">Whose search it is: the address that the connection comes from, as limits count it.</param>
internal sealed record SearchCatalog(CatalogSnapshot Catalog, int Cursor, ListRequest Request, SearchPlaces Places, IPAddress Address) : ILocalMessage;

/// <summary>To the SearcherActor, from a session that ends: nobody waits for that search any more.</summary>
internal sealed record ForgetSearch(SearchCatalog Search) : ILocalMessage, IDeadLetterSuppression;

/// <summary>To the session: the answer, its own from now on.</summary>
internal sealed record CatalogSearched(AnswerBuffer Answer) : ILocalMessage, IDeadLetterSuppression;

/// <summary>Has the catalog searched for all sessions: the addresses that they come from take turns, whatever number of searches each has waiting.</summary>
/// <remarks>
/// SearchCatalog → waits → a free <see cref="SearchWorkerActor"/> → CatalogSearched to the session, SearchDone to this actor → the next one. A session has one search under way, and one
/// that ends takes its search with it: no more of them wait than connections are open. Supervision: a worker that fails is started anew, as it keeps nothing.
/// </remarks>
internal sealed class SearcherActor : ReceiveActor
{
    private readonly FairQueue<IPAddress, (SearchCatalog Search, IActorRef Session)> _waiting = new();
    private readonly Queue<IActorRef> _free = new();

    public SearcherActor(Props worker, int workers)
    {
        for (var index = 0; index < workers; index++)
            _free.Enqueue(Context.ActorOf(worker));
        Receive<SearchCatalog>(search =>
        {
            _waiting.Add(search.Address, (search, Sender));
            HandOut();
        });
        Receive<ForgetSearch>(forget => _waiting.Remove(forget.Search.Address, (forget.Search, Sender)));
        Receive<SearchDone>(_ =>
        {
            _free.Enqueue(Sender);
            HandOut();
        });
    }

    /// <summary>As many workers as have a processor each, while half of the processors are left to everything else.</summary>
    public static Props Props() => Props(SearchWorkerActor.Props(), Math.Max(1, Environment.ProcessorCount / 2));

    /// <param name="worker">Answers each search and says <see cref="SearchDone"/> then.</param>
    /// <param name="workers">So many at the same time.</param>
    internal static Props Props(Props worker, int workers) => Akka.Actor.Props.Create(() => new SearcherActor(worker, workers));

    private void HandOut()
    {
        while (_free.Count > 0 && _waiting.TryTake(_ => true, out var next))
            _free.Dequeue().Tell(next.Search, next.Session);
    }
}

/// <summary>From a worker to the Searcher: it has nothing to do.</summary>
internal sealed record SearchDone : ILocalMessage, IDeadLetterSuppression
{
    public static readonly SearchDone Instance = new();
}
