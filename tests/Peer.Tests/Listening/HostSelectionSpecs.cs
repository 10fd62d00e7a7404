using Google.Protobuf;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks which host is tried next, and when a song is given up.</summary>
public sealed class HostSelectionSpecs
{
    private readonly ManualClock _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly HostSelection _hosts;
    private readonly HostRoute _ann = Named("ann");
    private readonly HostRoute _ben = Named("ben");

    public HostSelectionSpecs() => _hosts = new HostSelection(maxRounds: 3, busyTimeout: TimeSpan.FromSeconds(20), KnownHosts.None, _time);

    [Fact]
    public void Hosts_are_tried_in_the_given_order()
    {
        _hosts.BeginRound([_ben, _ann]);

        Assert.Equal(_ben, _hosts.Next());
        Assert.Equal(_ann, _hosts.Next());
        Assert.Null(_hosts.Next());
    }

    [Fact]
    public void A_host_that_sent_wrong_bytes_is_never_tried_again()
    {
        _hosts.BeginRound([_ann, _ben]);
        _hosts.Failed(new StreamFailed(_hosts.Next()!.Host, FailureKind.Corrupt, "", null));
        _hosts.BeginRound([_ann, _ben]);

        Assert.Equal(_ben, _hosts.Next());
        Assert.Null(_hosts.Next());
        Assert.Equal(["ann"], _hosts.CorruptHosts);
    }

    [Fact]
    public void Knowledge_from_an_earlier_fetch_is_kept_and_the_good_host_is_asked_first()
    {
        var cid = Named("cid");
        _hosts.BeginRound([_ann, _ben, cid]);
        _hosts.Failed(new StreamFailed(_hosts.Next()!.Host, FailureKind.Corrupt, "", null));
        _hosts.Next();
        _hosts.Began(cid.Host);

        var later = new HostSelection(3, TimeSpan.FromSeconds(20), _hosts.Known);
        later.BeginRound([_ann, _ben, cid]);

        Assert.Equal((cid, _ben, null), (later.Next(), later.Next(), later.Next()));
        Assert.Empty(later.CorruptHosts);
        later.Failed(new StreamFailed(cid.Host, FailureKind.Cut, "", null));
        Assert.Null(later.Known.Good);
    }

    [Fact]
    public void A_host_whose_relay_breaks_is_tried_next_through_another_one_if_it_has_sent_something()
    {
        var relayed = new HostRoute(_ann.Host, HostWay.Relayed.Instance);
        _hosts.BeginRound([relayed]);
        _hosts.Next();
        // The direct way has lost the race.
        _hosts.Lost(_ann, isSilent: true);

        _hosts.Failed(new StreamFailed(_ann.Host, FailureKind.Cut, "", null) { Way = relayed.Way, HostSentBytes = true });
        Assert.Equal(relayed, _hosts.Next());
        _hosts.Failed(new StreamFailed(_ann.Host, FailureKind.Cut, "", null) { Way = relayed.Way });
        Assert.Equal(_ann, _hosts.Next());
        Assert.Null(_hosts.Next());
    }

    [Theory]
    [InlineData(FailureKind.Unreachable)]
    [InlineData(FailureKind.Refused)]
    [InlineData(FailureKind.Cut)]
    internal void After_any_failure_except_wrong_bytes_a_host_is_tried_again_in_the_next_round(FailureKind kind)
    {
        _hosts.BeginRound([_ann]);
        _hosts.Failed(new StreamFailed(_hosts.Next()!.Host, kind, "", null));
        _hosts.BeginRound([_ann]);

        Assert.Equal(_ann, _hosts.Next());
        Assert.Empty(_hosts.CorruptHosts);
    }

    [Fact]
    public void Rounds_without_progress_exhaust_the_selection()
    {
        Assert.False(_hosts.EndRound().Progressed);
        Assert.False(_hosts.EndRound().Progressed);
        Assert.False(_hosts.IsExhausted);
        Assert.False(_hosts.EndRound().Progressed);
        Assert.True(_hosts.IsExhausted);
    }

    [Fact]
    public void A_round_with_progress_resets_the_count_of_rounds_without_progress()
    {
        _hosts.EndRound();
        _hosts.EndRound();
        _hosts.Progressed();

        Assert.True(_hosts.EndRound().Progressed);
        Assert.False(_hosts.EndRound().Progressed);
        Assert.False(_hosts.EndRound().Progressed);
        Assert.False(_hosts.IsExhausted);
    }

    [Fact]
    public void The_fetch_waits_until_the_earliest_retry_time_but_not_beyond_the_total_limit()
    {
        for (var round = 0; round < 6; round++)
        {
            Assert.False(_hosts.IsExhausted);
            _hosts.BeginRound([_ann, _ben]);
            _hosts.Failed(Busy(_hosts.Next()!, 7_000));
            _hosts.Failed(Busy(_hosts.Next()!, 4_000));
            Assert.Equal(new HostSelection.RoundResult(false, TimeSpan.FromSeconds(4)), _hosts.EndRound());
            _time.Pass(TimeSpan.FromSeconds(7));
        }

        Assert.True(_hosts.IsExhausted);
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(uint.MaxValue, 10_000)]
    public void The_wait_that_a_host_requests_is_bounded(uint told, int waited)
    {
        _hosts.Failed(Busy(_ann, told));

        Assert.Equal(TimeSpan.FromMilliseconds(waited), _hosts.EndRound().BusyFor);
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.Null(_hosts.EndRound().BusyFor);
    }

    [Fact]
    public void A_busy_host_is_not_asked_before_its_retry_time_but_others_are()
    {
        _hosts.BeginRound([_ann, _ben]);
        _hosts.Failed(Busy(_hosts.Next()!, 15_000));
        _hosts.Failed(Busy(_hosts.Next()!, 4_000));
        Assert.Equal(TimeSpan.FromSeconds(4), _hosts.EndRound().BusyFor);

        _time.Pass(TimeSpan.FromSeconds(4));
        _hosts.BeginRound([_ann, _ben]);
        Assert.Equal(_ben, _hosts.Next());
        Assert.Null(_hosts.Next());
        _hosts.Failed(Busy(_ben, 30_000));

        // The tracker is asked again before any retry time, because it may name other hosts by then.
        Assert.Equal(TimeSpan.FromSeconds(10), _hosts.EndRound().BusyFor);
        _time.Pass(TimeSpan.FromSeconds(10));
        _hosts.BeginRound([_ann, _ben]);
        Assert.Null(_hosts.Next());
        Assert.Equal(TimeSpan.FromSeconds(1), _hosts.EndRound().BusyFor);
        _time.Pass(TimeSpan.FromSeconds(1));
        _hosts.BeginRound([_ann, _ben]);
        Assert.Equal(_ann, _hosts.Next());
    }

    [Fact]
    public void The_notice_contains_the_queue_place_and_the_time_until_the_next_try()
    {
        var first = BusyNotice.SoonerOf(null, Busy(_ann, 20_000, "3rd in the queue: all 500 streams are taken", place: 3));
        Assert.Equal("waiting: 3rd in the queue of ann, next try in 20 s", first?.Text);

        var sooner = BusyNotice.SoonerOf(first, Busy(_ben, 4_400, "too many"));
        Assert.Equal("waiting: ben (1.2.3.4:5): too many, next try in 5 s", sooner?.Text);
        Assert.Same(sooner, BusyNotice.SoonerOf(sooner, Busy(_ann, 20_000)));
        Assert.Same(sooner, BusyNotice.SoonerOf(sooner, new StreamFailed(_ann.Host, FailureKind.Cut, "cut", null)));
        Assert.Null(
            BusyNotice.SoonerOf(null, new StreamFailed(_ann.Host, FailureKind.Refused, "no", new Error { Code = ErrorCode.UnknownSong })));
    }

    [Theory]
    [InlineData("")]
    [InlineData("busy")]
    [InlineData("3rd in the queue: all are taken")]
    [InlineData("99999999999999999999th in the queue")]
    [InlineData("the 3rd in the queue")]
    public void The_queue_place_is_never_parsed_from_the_message_of_a_host(string message) => Assert.Equal(
        $"waiting: ann (1.2.3.4:5): {message}, next try in 1 s", BusyNotice.SoonerOf(null, Busy(_ann, 1_000, message))?.Text);

    [Fact]
    public void An_impossible_queue_place_is_shown_unchanged() => Assert.Equal(
        "waiting: 4294967295th in the queue of ann, next try in 1 s", BusyNotice.SoonerOf(
            null, Busy(_ann, 1_000, place: uint.MaxValue))?.Text);

    private static StreamFailed Busy(HostRoute route, uint retryAfterMs, string message = "", uint place = 0)
    {
        var error = new Error { Code = ErrorCode.Busy, Message = message, RetryAfterMs = retryAfterMs, QueuePlace = place };
        return new StreamFailed(route.Host, FailureKind.Refused, $"{route.Host.Name} (1.2.3.4:5): {message}", error);
    }

    private static HostRoute Named(string name) =>
        new(new Host { Name = name, PeerId = ByteString.CopyFrom(PeerId.NewRandom().ToArray()) });
}
