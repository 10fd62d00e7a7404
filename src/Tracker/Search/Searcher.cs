using Akka.Actor;
using Akka.Event;
using Akka.Routing;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Search;

/// <summary>To the searchers, from a session: one page of what fits a query. Answered by <see cref="CatalogSearched"/>.</summary>
/// <param name="Catalog">Where to search.</param>
/// <param name="Cursor">Where the page begins.</param>
/// <param name="Request">The query.</param>
/// <param name="Places">Where the connection's searches ended; the session leaves them alone until the answer is there.</param>
internal sealed record SearchCatalog(CatalogSnapshot Catalog, int Cursor, ListRequest Request, SearchPlaces Places) : INoSerializationVerificationNeeded;

/// <summary>To the session: the answer, its own from now on.</summary>
internal sealed record CatalogSearched(AnswerBuffer Answer) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>Searches the catalog for all sessions in the order in which they ask, on threads of its own: whatever is searched for, songs and pages are answered beside it.</summary>
/// <remarks>A session has one search under way, so those who search much take turns with the others. A search that fails is told to its session, which fails with it.</remarks>
internal sealed class Searcher : ReceiveActor
{
    public Searcher() => Receive<SearchCatalog>(Search);

    /// <summary>As many as have a processor each, while half of the processors are left to everything else.</summary>
    public static Props Props()
    {
        var searchers = Akka.Actor.Props.Create<Searcher>().WithDispatcher(TrackerDispatchers.Search);
        return Environment.ProcessorCount < 4 ? searchers : searchers.WithRouter(new RoundRobinPool(Environment.ProcessorCount / 2));
    }

    private void Search(SearchCatalog search)
    {
        try
        {
            var answer = new AnswerBuffer();
            CatalogAnswers.List(answer, search.Catalog, search.Cursor, search.Request, search.Places);
            Sender.Tell(new CatalogSearched(answer));
        }
        catch (Exception error)
        {
            Sender.Tell(new Status.Failure(error));
            throw;
        }
    }
}
