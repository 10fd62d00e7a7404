using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;

namespace TspActors.Tracker;

/// <summary>Searches, one after the other, on a thread of the searches' own: whatever is searched for, songs and pages are answered beside it.</summary>
/// <remarks>A search that fails is told to its session, which fails with it.</remarks>
internal sealed class SearchWorkerActor : ReceiveActor
{
    public SearchWorkerActor() => Receive<SearchCatalog>(Search);

    public static Props Props() => Akka.Actor.Props.Create<SearchWorkerActor>().WithDispatcher(TrackerDispatchers.Search);

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
        finally
        {
            Context.Parent.Tell(SearchDone.Instance);
        }
    }
}
