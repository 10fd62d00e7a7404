using Google.Protobuf;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks what happens when a song needs another host.</summary>
public sealed class FailoverSpecs
{
    private static readonly TimeSpan RoundDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoSound = TimeSpan.Zero;

    private readonly HostSelection _hosts = new(2, TimeSpan.FromMinutes(10), KnownHosts.None);
    private readonly Failover _failover;
    private readonly HostRoute _ann = Named("ann");
    private readonly HostRoute _ben = Named("ben");

    public FailoverSpecs() => _failover = new Failover(7, _hosts, RoundDelay);

    [Fact]
    public void The_next_host_of_the_round_is_tried_and_a_notice_says_why()
    {
        _hosts.BeginRound([_ann, _ben]);

        Assert.Equal(new FailoverStep.TryHost(_ann, null), _failover.Next(null, NoSound));
        Assert.Equal(new FailoverStep.TryHost(_ben, "ann: cut; continuing with ben"), _failover.Next("ann: cut", NoSound));
    }

    [Fact]
    public void When_the_last_host_has_failed_the_tracker_is_asked_again_after_a_delay()
    {
        var step = _failover.Next("ann: cut", NoSound);

        Assert.Equal(new FailoverStep.AskTracker(RoundDelay, "ann: cut; asking the tracker again in 1 s"), step);
    }

    [Fact]
    public void After_a_round_with_progress_the_next_one_starts_immediately()
    {
        _hosts.Progressed();

        Assert.Equal(new FailoverStep.AskTracker(TimeSpan.Zero, null), _failover.Next("ann: cut", NoSound));
    }

    [Fact]
    public void The_fetch_waits_for_a_busy_host_and_reports_the_wait_once()
    {
        _failover.Failed(Failed(_ann, new Error { Code = ErrorCode.Busy, Message = "full", RetryAfterMs = 4_000 }));

        var step = Assert.IsType<FailoverStep.AskTracker>(_failover.Next("ann: full", NoSound));
        Assert.InRange(step.Delay, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
        Assert.Equal("waiting: ann: full, next try in 4 s", step.Notice);
        Assert.Null(Assert.IsType<FailoverStep.AskTracker>(_failover.WithoutGrant([], "nobody has it", mayHostsBeThere: false,
            NoSound)).Notice);
    }

    [Fact]
    public void After_rounds_without_progress_the_song_is_given_up_with_the_last_reason()
    {
        _failover.Failed(Failed(_ann, null));
        Assert.IsType<FailoverStep.AskTracker>(_failover.Next(null, NoSound));

        Assert.Equal(new FailoverStep.GiveUp("no host could send song 7; last error: ann: full"), _failover.Next(null, NoSound));
    }

    [Fact]
    public void If_no_host_was_online_the_reason_says_so()
    {
        _failover.Next(null, NoSound);

        Assert.Equal(
            new FailoverStep.GiveUp("no host could send song 7; last error: no host is online"), _failover.Next(null, NoSound));
    }

    [Fact]
    public void The_reason_names_the_hosts_that_sent_wrong_bytes()
    {
        _failover.Failed(Failed(_ann, null, FailureKind.Corrupt));
        _failover.Next(null, NoSound);

        Assert.Contains(
            "(wrong bytes came from ann)", Assert.IsType<FailoverStep.GiveUp>(_failover.Next(null, NoSound)).Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_song_is_not_given_up_while_enough_sound_is_buffered_for_another_round()
    {
        _failover.Next(null, NoSound);

        Assert.IsType<FailoverStep.AskTracker>(_failover.Next(null, TimeSpan.FromSeconds(3.1)));
        Assert.IsType<FailoverStep.GiveUp>(_failover.Next(null, TimeSpan.FromSeconds(3)));
        // A sink that can wait forever has no buffered sound to count.
        Assert.IsType<FailoverStep.GiveUp>(_failover.Next(null, TimeSpan.MaxValue));
    }

    [Fact]
    public void A_song_that_was_never_granted_fails_with_the_reason_from_the_tracker() =>
        Assert.Equal(
            new FailoverStep.GiveUp("there is no song 7"),
            _failover.WithoutGrant(null, "there is no song 7", mayHostsBeThere: true, NoSound));

    [Fact]
    public void Without_a_tracker_the_known_hosts_are_tried_again() => Assert.Equal(
        new FailoverStep.TryHost(_ben, "no tracker; continuing with ben"),
        _failover.WithoutGrant([_ben], "no tracker", mayHostsBeThere: true, NoSound));

    private static StreamFailed Failed(HostRoute route, Error? error, FailureKind kind = FailureKind.Refused) =>
        new(route.Host, kind, $"{route.Host.Name}: full", error);

    private static HostRoute Named(string name) => new(new Host { Name = name, PeerId = ByteString.CopyFrom(PeerId.NewRandom().ToArray()) });
}
