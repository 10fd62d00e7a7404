using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;

namespace TspActors.Tracker;

/// <summary>Runs searches one after another on a dedicated dispatcher, so that pages and songs are answered alongside.</summary>
/// <remarks>The session hears of a search that fails, and fails with it.</remarks>
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
