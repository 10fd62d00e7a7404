using System.Net;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>From a session to the SearcherActor: search one page. The reply is <see cref="CatalogSearched"/>.</summary>
/// <param name="Catalog">The snapshot to search.</param>
/// <param name="Cursor">Where the page starts.</param>
/// <param name="Request">The query.</param>
/// <param name="Places">The connection's search positions. The session must not touch them until the reply arrives.</param>
/// <param name="Address">The address of the connection, as limits count it.</param>
internal sealed record SearchCatalog(
    CatalogSnapshot Catalog, int Cursor, ListRequest Request, SearchPlaces Places, IPAddress Address) : ILocalMessage;

/// <summary>From a session that ends to the SearcherActor: drop its search.</summary>
internal sealed record ForgetSearch(SearchCatalog Search) : ILocalMessage;

/// <summary>To the session: the reply, which the session now owns.</summary>
internal sealed record CatalogSearched(AnswerBuffer Answer) : ILocalMessage;

/// <summary>Queues the searches of all sessions. Addresses take turns, however many searches each of them has waiting.</summary>
/// <remarks>
/// SearchCatalog → waits → an idle <see cref="SearchWorkerActor"/> → CatalogSearched to the session, SearchDone to this actor → the next
/// one. A session has at most one search and withdraws it when it ends, so no more searches wait than connections are open. Supervision: a
/// worker that fails is restarted, because it keeps no
/// state.
/// </remarks>
internal sealed class SearcherActor : UntypedActor
{
    private readonly FairQueue<IPAddress, (SearchCatalog Search, IActorRef Session)> _waiting = new();
    private readonly Queue<IActorRef> _free = new();

    public SearcherActor(Props worker, int workers)
    {
        for (var index = 0; index < workers; index++)
            _free.Enqueue(Context.ActorOf(worker));
    }

    /// <summary>The number of workers: half of the processors, at least one. The other half is left to everything else.</summary>
    public static Props Props() => Props(SearchWorkerActor.Props(), Math.Max(1, Environment.ProcessorCount / 2));

    /// <param name="worker">Replies to each search and then sends <see cref="SearchDone"/>.</param>
    /// <param name="workers">The number of concurrent workers.</param>
    internal static Props Props(Props worker, int workers) => Akka.Actor.Props.Create(() => new SearcherActor(worker, workers));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SearchCatalog search:
                _waiting.Add(search.Address, (search, Sender));
                HandOut();
                break;
            case ForgetSearch forget:
                _waiting.Remove(forget.Search.Address, (forget.Search, Sender));
                break;
            case SearchDone:
                _free.Enqueue(Sender);
                HandOut();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void HandOut()
    {
        while (_free.Count > 0 && _waiting.TryDequeue(_ => true, out var next))
            _free.Dequeue().Tell(next.Search, next.Session);
    }
}

/// <summary>From a worker to the SearcherActor: it is idle.</summary>
internal sealed record SearchDone : ILocalMessage
{
    public static readonly SearchDone Instance = new();
}
