using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;

namespace TspActors.Tracker;

/// <summary>Runs one search at a time on the search dispatcher, so that searches do not delay requests for pages and songs.</summary>
/// <remarks>If a search throws, the session receives a <see cref="Status.Failure"/> and fails as well.</remarks>
internal sealed class SearchWorkerActor : UntypedActor
{
    public static Props Props() => Akka.Actor.Props.Create<SearchWorkerActor>().WithDispatcher(TrackerDispatchers.Search);

    protected override void OnReceive(object message)
    {
        if (message is SearchCatalog search)
            Search(search);
        else
            Unhandled(message);
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
        finally
        {
            Context.Parent.Tell(SearchDone.Instance);
        }
    }
}
