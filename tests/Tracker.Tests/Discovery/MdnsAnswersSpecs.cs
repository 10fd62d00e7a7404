using TspActors.Protocol.Mdns;
using TspActors.Tracker.Discovery;

namespace TspActors.Tracker.Tests.Discovery;

/// <summary>Checks which queries about a tracker get which reply, and how many.</summary>
public sealed class MdnsAnswersSpecs
{
    private static readonly DnsQuestion ForTrackers = new(MdnsNames.Service, DnsType.InstancePointer);
    private static readonly TimeSpan Now = TimeSpan.FromHours(1);

    private readonly MdnsAnswers _answers = new();

    [Fact]
    public void A_one_shot_query_gets_everything_at_once_and_for_a_short_time()
    {
        var reply = Find(Attic.Query(MdnsNames.TrackerQuestion), isFromResponder: false)!;

        Assert.True(reply.IsUnicast);
        Assert.Equal((77, true), ((int)reply.Message.Id, reply.Message.IsReply));
        Assert.Equal([ForTrackers], reply.Message.Questions);
        Assert.IsType<PointerRecord>(Assert.Single(reply.Message.Answers));
        Assert.Equal([DnsType.Service, DnsType.Text, DnsType.Address], reply.Message.Additionals.Select(record => record.Type));
        Assert.All(
            reply.Message.Answers.Concat(reply.Message.Additionals),
            record => Assert.Equal((10u, false), (record.Ttl, record.IsUnique)));
        Assert.Equal("Attic", Assert.Single(TrackerAnnouncement.ReadAll(reply.Message)).Name);
    }

    [Fact]
    public void A_responder_gets_a_multicast_reply_unless_it_asks_for_a_unicast_one()
    {
        var multicast = Find(Attic.Query(ForTrackers))!;
        var unicast = Find(Attic.Query(MdnsNames.TrackerQuestion))!;

        Assert.False(multicast.IsUnicast);
        Assert.Equal(0, multicast.Message.Id);
        Assert.Empty(multicast.Message.Questions);
        Assert.True(unicast.IsUnicast);
    }

    [Fact]
    public void Each_kind_of_question_gets_its_records()
    {
        Assert.Equal([MdnsNames.AllServices], Names(new DnsQuestion(MdnsNames.AllServices, DnsType.InstancePointer)));
        Assert.Equal([Attic.Mine.InstanceName], Names(new DnsQuestion(Attic.Mine.InstanceName, DnsType.Service)));
        Assert.Equal([Attic.Mine.InstanceName, Attic.Mine.InstanceName], Names(new DnsQuestion(Attic.Mine.InstanceName, DnsType.Any)));
        Assert.Equal([Attic.Mine.HostName], Names(new DnsQuestion(Attic.Mine.HostName, DnsType.Address)));
    }

    [Fact]
    public void Other_questions_get_no_reply()
    {
        Assert.Null(Find(Attic.Query()));
        Assert.Null(Find(Attic.Query(new DnsQuestion(DnsName.From("_ipp", "_tcp", "local"), DnsType.InstancePointer))));
        Assert.Null(Find(Attic.Query(new DnsQuestion(Attic.Mine.HostName, DnsType.AddressV6))));
        Assert.Null(Find(Attic.Query(new DnsQuestion(Attic.Other.HostName, DnsType.Address))));
    }

    [Fact]
    public void A_pointer_that_the_querier_knows_is_not_repeated()
    {
        var query = Attic.Query(ForTrackers);

        Assert.Null(Find(query with { Answers = [Attic.Mine.InstancePointer] }));
        Assert.NotNull(Find(query with { Answers = [Attic.Mine.InstancePointer with { Ttl = 100 }] }));
    }

    [Fact]
    public void A_record_is_sent_to_everyone_once_a_second_on_each_interface()
    {
        Assert.NotNull(Find(Attic.Query(ForTrackers)));
        Assert.Null(Find(Attic.Query(ForTrackers), after: TimeSpan.FromMilliseconds(999)));
        Assert.NotNull(Find(Attic.Query(ForTrackers), network: 2));
        Assert.NotNull(Find(Attic.Query(ForTrackers), after: TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void At_most_twenty_unicast_replies_are_sent_per_second()
    {
        for (var number = 0; number < 20; number++)
            Assert.NotNull(Find(Attic.Query(MdnsNames.TrackerQuestion), isFromResponder: number % 2 == 0));

        Assert.Null(Find(Attic.Query(MdnsNames.TrackerQuestion)));
        Assert.Null(Find(Attic.Query(MdnsNames.TrackerQuestion), isFromResponder: false));
        Assert.NotNull(Find(Attic.Query(MdnsNames.TrackerQuestion), after: TimeSpan.FromSeconds(1)));
    }

    private IEnumerable<DnsName> Names(DnsQuestion question) =>
        Find(Attic.Query(question), isFromResponder: false)!.Message.Answers.Select(record => record.Name);

    private MdnsAnswer? Find(DnsMessage query, bool isFromResponder = true, int network = 1, TimeSpan after = default) =>
        _answers.Find(query, Attic.Mine, network, isFromResponder, Now + after);
}
