using System.Net;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Tests;

/// <summary>Checks in which order searches run, and what happens when a search fails or its session ends.</summary>
public sealed class SearcherSpecs : ProbeSpec
{
    private static readonly IPAddress Greedy = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private readonly CatalogSnapshot _catalog = Samples.Catalog(Samples.Songs(3));

    [Fact]
    public async Task An_address_with_many_waiting_searches_does_not_delay_other_addresses()
    {
        var (work, searcher) = StartSearcher();
        for (var n = 0; n < 1_000; n++)
            searcher.Tell(Search(Greedy), TestActor);
        searcher.Tell(Search(Other), TestActor);
        // The first search is under way and all others wait.
        await searcher.Ask<ActorIdentity>(new Identify(null));

        var served = new List<IPAddress>();
        for (var n = 0; n < 4; n++)
            served.Add(await Complete(work));
        Assert.Equal([Greedy, Greedy, Other, Greedy], served);
    }

    [Fact]
    public async Task Addresses_that_search_all_the_time_delay_one_that_does_not_by_one_turn()
    {
        var (work, searcher) = StartSearcher();
        var greedy = Enumerable.Range(1, 50).Select(number => IPAddress.Parse($"198.51.100.{number}")).ToArray();
        for (var n = 0; n < 20; n++)
        {
            foreach (var address in greedy)
                searcher.Tell(Search(address), TestActor);
        }

        // Each of them has had its preferred turns.
        for (var n = 0; n < 10 * greedy.Length; n++)
            await Complete(work);
        searcher.Tell(Search(Other), TestActor);
        await searcher.Ask<ActorIdentity>(new Identify(null));

        // One search is under way.
        var served = new List<IPAddress> { await Complete(work), await Complete(work), await Complete(work) };
        Assert.Contains(Other, served);
    }

    [Fact]
    public async Task Addresses_that_search_all_the_time_are_limited_together_and_others_are_not()
    {
        // The limit allows one such search, and the next one after longer than this test can take.
        var (work, searcher) = StartSearcher(othersPerSecond: 1);
        for (var n = 0; n < 100; n++)
            searcher.Tell(Search(Greedy), TestActor);
        var served = 0;
        while (await work.ReceiveOneAsync(TimeSpan.FromMilliseconds(served == 0 ? 10_000 : 300)) is SearchCatalog && ++served < 50)
            work.Reply(SearchDone.Instance);
        Assert.InRange(served, 1, 49);

        searcher.Tell(Search(Other), TestActor);
        for (var n = 0; n < 20; n++)
            searcher.Tell(Search(IPAddress.Loopback), TestActor);

        var next = new List<IPAddress>();
        while (next.Count(address => !address.Equals(Greedy)) < 21)
            next.Add(await Complete(work));
        Assert.Contains(Other, next);
    }

    [Fact]
    public async Task A_connection_that_searches_little_does_not_wait_for_the_others_at_its_address()
    {
        var (work, searcher) = StartSearcher();
        for (var n = 0; n < 100; n++)
            searcher.Tell(Search(Greedy), TestActor);
        searcher.Tell(Search(Greedy, "calm") with { IsCalm = true }, TestActor);
        await searcher.Ask<ActorIdentity>(new Identify(null));

        // The search under way, and one turn of the other connections.
        var served = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            served.Add((await work.ExpectMsgAsync<SearchCatalog>()).Request.Query);
            work.Reply(SearchDone.Instance);
        }

        Assert.Contains("calm", served);
    }

    [Fact]
    public async Task A_search_of_an_ended_session_is_dropped()
    {
        var (work, searcher) = StartSearcher();
        var (first, forgotten, last) = (Search(Greedy), Search(Greedy, "forgotten"), Search(Greedy, "last"));
        foreach (var search in new[] { first, forgotten, last })
            searcher.Tell(search, TestActor);
        searcher.Tell(new ForgetSearch(forgotten), TestActor);

        await Complete(work);
        Assert.Equal("last", (await work.ExpectMsgAsync<SearchCatalog>()).Request.Query);
    }

    [Fact]
    public async Task A_failed_search_is_reported_to_its_session_and_later_searches_still_run()
    {
        var searcher = Sys.ActorOf(SearcherActor.Props(othersPerSecond: 0));
        searcher.Tell(Search(Greedy) with { Catalog = null! }, TestActor);
        await ExpectMsgAsync<Status.Failure>();
        for (var n = 0; n < 10; n++)
        {
            searcher.Tell(Search(Greedy), TestActor);
            await ExpectMsgAsync<CatalogSearched>();
        }
    }

    private (TestProbe Work, IActorRef Searcher) StartSearcher(int othersPerSecond = 0)
    {
        var work = CreateTestProbe();
        return (work, Sys.ActorOf(SearcherActor.Props(Props.Create(() => new Worker(work)), 1, othersPerSecond)));
    }

    private SearchCatalog Search(IPAddress address, string query = "song") =>
        new(_catalog, 0, new ListRequest { Query = query }, new SearchPositions(), address);

    private static async Task<IPAddress> Complete(TestProbe work)
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
