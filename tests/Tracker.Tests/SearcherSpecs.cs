using System.Net;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Tests;

/// <summary>Whose search is next, with a worker that answers when the test says so.</summary>
public sealed class SearcherSpecs : ProbeSpec
{
    private static readonly IPAddress Greedy = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private readonly CatalogSnapshot _catalog = Samples.Catalog(Samples.Songs(3));

    [Fact]
    public async Task An_address_with_many_waiting_searches_does_not_hold_up_another()
    {
        var (work, searcher) = StartSearcher();
        for (var n = 0; n < 1_000; n++)
            searcher.Tell(Search(Greedy), TestActor);
        searcher.Tell(Search(Other), TestActor);
        // All of them wait, but for the first one, which is under way.
        await searcher.Ask<ActorIdentity>(new Identify(null));

        var taken = new List<IPAddress>();
        for (var n = 0; n < 4; n++)
            taken.Add(await Take(work));
        Assert.Equal([Greedy, Greedy, Other, Greedy], taken);
    }

    [Fact]
    public async Task A_search_of_a_session_that_has_ended_is_not_made()
    {
        var (work, searcher) = StartSearcher();
        var (first, forgotten, last) = (Search(Greedy), Search(Greedy, "forgotten"), Search(Greedy, "last"));
        foreach (var search in new[] { first, forgotten, last })
            searcher.Tell(search, TestActor);
        searcher.Tell(new ForgetSearch(forgotten), TestActor);

        await Take(work);
        Assert.Equal("last", (await work.ExpectMsgAsync<SearchCatalog>()).Request.Query);
    }

    [Fact]
    public async Task One_that_fails_is_told_to_its_session_and_the_next_ones_are_made()
    {
        var searcher = Sys.ActorOf(SearcherActor.Props());
        searcher.Tell(Search(Greedy) with { Catalog = null! }, TestActor);
        await ExpectMsgAsync<Status.Failure>();
        for (var n = 0; n < 10; n++)
        {
            searcher.Tell(Search(Greedy), TestActor);
            await ExpectMsgAsync<CatalogSearched>();
        }
    }

    private (TestProbe Work, IActorRef Searcher) StartSearcher()
    {
        var work = CreateTestProbe();
        return (work, Sys.ActorOf(SearcherActor.Props(Props.Create(() => new Worker(work)), 1)));
    }

    private SearchCatalog Search(IPAddress address, string query = "song") =>
        new(_catalog, 0, new ListRequest { Query = query }, new SearchPlaces(), address);

    private static async Task<IPAddress> Take(TestProbe work)
    {
        var search = await work.ExpectMsgAsync<SearchCatalog>();
        work.Reply(SearchDone.Instance);
        return search.Address;
    }

    private sealed class Worker : ReceiveActor
    {
        public Worker(IActorRef work)
        {
            Receive<SearchCatalog>(search => work.Tell(search));
            Receive<SearchDone>(done => Context.Parent.Tell(done));
        }
    }
}
