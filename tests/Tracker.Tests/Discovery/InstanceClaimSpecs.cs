using TspActors.Protocol.Mdns;
using TspActors.Tracker.Discovery;

namespace TspActors.Tracker.Tests.Discovery;

/// <summary>Checks how a tracker gets its name on the local network.</summary>
public sealed class InstanceClaimSpecs
{
    private static readonly DnsMessage AnnouncementOfOther = MdnsAnswers.Announce(Attic.Other);

    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void A_name_is_probed_three_times_and_announced_twice()
    {
        var claim = Claim();

        Assert.Equal([1, 2, 3, 4, 5], Steps(claim));
        Assert.Equal(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(1_750), _now);
        Assert.Null(claim.DueAt);
        Assert.True(claim.IsAnnounced);
    }

    [Fact]
    public void Probes_ask_for_the_name_and_announcements_contain_all_records()
    {
        var probe = InstanceClaim.MessageOf(1, Attic.Mine);

        Assert.False(probe.IsReply);
        Assert.Equal([new DnsQuestion(Attic.Mine.InstanceName, DnsType.Any, true)], probe.Questions);
        Assert.Equal([Attic.Mine.Service], probe.Proposals);
        Assert.Equal(4, InstanceClaim.MessageOf(4, Attic.Mine).Answers.Count);
        Assert.All(MdnsAnswers.Announce(Attic.Mine, isGoodbye: true).Answers, record => Assert.Equal(0u, record.Ttl));
    }

    [Fact]
    public void A_name_that_another_tracker_has_gets_a_number()
    {
        var claim = Claim();
        claim.TryAdvance(_now, out _);

        Assert.True(claim.Observe(AnnouncementOfOther, _now));

        Assert.Equal("Attic (2)", claim.Tracker.Name);
        Assert.Equal([1, 2, 3, 4, 5], Steps(claim));
        Assert.False(claim.Observe(AnnouncementOfOther, _now));
    }

    [Fact]
    public void Of_two_trackers_that_probe_at_once_one_waits_and_then_gets_a_number()
    {
        var (mine, other) = (new InstanceClaim(Attic.Mine, _now), new InstanceClaim(Attic.Other, _now));
        mine.TryAdvance(_now, out _);
        other.TryAdvance(_now, out _);

        mine.Observe(InstanceClaim.MessageOf(1, other.Tracker), _now);
        other.Observe(InstanceClaim.MessageOf(1, mine.Tracker), _now);
        Assert.Equal(_now + TimeSpan.FromSeconds(1), other.DueAt);
        Steps(mine);
        other.TryAdvance(_now, out _);
        other.Observe(MdnsAnswers.Announce(mine.Tracker), _now);
        Steps(other);

        Assert.Equal(("Attic", "Attic (2)"), (mine.Tracker.Name, other.Tracker.Name));
    }

    [Fact]
    public void A_tracker_that_has_announced_its_name_probes_before_it_gives_the_name_up()
    {
        var claim = Claim();
        Steps(claim);

        Assert.False(claim.Observe(AnnouncementOfOther, _now));
        Assert.Equal("Attic", claim.Tracker.Name);
        Assert.False(claim.IsAnnounced);
        Assert.True(claim.Observe(AnnouncementOfOther, _now));
        Assert.Equal("Attic (2)", claim.Tracker.Name);
    }

    [Fact]
    public void Own_messages_goodbyes_and_other_names_are_no_conflict()
    {
        var claim = Claim();

        Assert.False(claim.Observe(MdnsAnswers.Announce(Attic.Mine), _now));
        Assert.False(claim.Observe(InstanceClaim.MessageOf(1, Attic.Mine), _now));
        Assert.False(claim.Observe(MdnsAnswers.Announce(Attic.Other, isGoodbye: true), _now));
        Assert.False(claim.Observe(MdnsAnswers.Announce(Attic.Other with { Name = "Cellar" }), _now));
        Assert.Equal(_now, claim.DueAt);
    }

    [Fact]
    public void A_rogue_machine_that_claims_every_name_slows_the_tracker_down()
    {
        var claim = Claim();
        for (var number = 0; number < 20; number++)
            claim.Observe(MdnsAnswers.Announce(Attic.Other with { Name = claim.Tracker.Name }), _now);

        Assert.Equal("Attic (21)", claim.Tracker.Name);
        Assert.Equal(_now + TimeSpan.FromSeconds(5), claim.DueAt);
    }

    [Fact]
    public void A_changed_description_is_announced()
    {
        var claim = Claim();
        Steps(claim);

        claim.Change(Attic.Mine with { NeedsKey = true }, _now);

        Assert.Equal([4, 5], Steps(claim));
        Assert.True(claim.Tracker.NeedsKey);
    }

    private InstanceClaim Claim() => new(Attic.Mine, _now);

    private List<int> Steps(InstanceClaim claim)
    {
        var steps = new List<int>();
        while (claim.DueAt is { } due)
        {
            _now = due > _now ? due : _now;
            if (claim.TryAdvance(_now, out var step))
                steps.Add(step);
        }

        return steps;
    }
}
