using Google.Protobuf;
using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Which host is tried next, and when a song is given up.</summary>
public sealed class HostSelectionSpecs
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly HostSelection _trials;
    private readonly Host _ann = Named("ann");
    private readonly Host _ben = Named("ben");

    public HostSelectionSpecs() => _trials = new HostSelection(maxRounds: 3, busyTimeout: TimeSpan.FromSeconds(20), KnownHosts.None, _time);

    [Fact]
    public void hosts_are_tried_in_the_order_they_are_named()
    {
        _trials.BeginRound([_ben, _ann]);

        Assert.Equal(_ben, _trials.Next());
        Assert.Equal(_ann, _trials.Next());
        Assert.Null(_trials.Next());
    }

    [Fact]
    public void a_host_that_sent_wrong_bytes_is_never_tried_again()
    {
        _trials.BeginRound([_ann, _ben]);
        _trials.Failed(new StreamFailed(_trials.Next()!, FailureKind.Corrupt, "", null));
        _trials.BeginRound([_ann, _ben]);

        Assert.Equal(_ben, _trials.Next());
        Assert.Null(_trials.Next());
        Assert.Equal(["ann"], _trials.CorruptHosts);
    }

    [Fact]
    public void what_an_earlier_fetch_has_learnt_is_kept_the_good_host_is_asked_first()
    {
        var cid = Named("cid");
        _trials.BeginRound([_ann, _ben, cid]);
        _trials.Failed(new StreamFailed(_trials.Next()!, FailureKind.Corrupt, "", null));
        _trials.Next();
        _trials.Began(cid);

        var later = new HostSelection(3, TimeSpan.FromSeconds(20), _trials.Known);
        later.BeginRound([_ann, _ben, cid]);

        Assert.Equal((cid, _ben, null), (later.Next(), later.Next(), later.Next()));
        Assert.Empty(later.CorruptHosts);
        later.Failed(new StreamFailed(cid, FailureKind.Cut, "", null));
        Assert.Null(later.Known.Good);
    }

    [Theory]
    [InlineData(FailureKind.Unreachable)]
    [InlineData(FailureKind.Refused)]
    [InlineData(FailureKind.Cut)]
    internal void other_failures_leave_a_host_in_the_next_round(FailureKind kind)
    {
        _trials.BeginRound([_ann]);
        _trials.Failed(new StreamFailed(_trials.Next()!, kind, "", null));
        _trials.BeginRound([_ann]);

        Assert.Equal(_ann, _trials.Next());
        Assert.Empty(_trials.CorruptHosts);
    }

    [Fact]
    public void rounds_without_a_byte_exhaust_it()
    {
        Assert.False(_trials.EndRound().Progressed);
        Assert.False(_trials.EndRound().Progressed);
        Assert.False(_trials.IsExhausted);
        Assert.False(_trials.EndRound().Progressed);
        Assert.True(_trials.IsExhausted);
    }

    [Fact]
    public void a_round_with_progress_starts_the_count_anew()
    {
        _trials.EndRound();
        _trials.EndRound();
        _trials.Progressed();

        Assert.True(_trials.EndRound().Progressed);
        Assert.False(_trials.EndRound().Progressed);
        Assert.False(_trials.EndRound().Progressed);
        Assert.False(_trials.IsExhausted);
    }

    [Fact]
    public void of_busy_hosts_the_first_to_be_free_is_waited_for_as_long_as_the_limit_allows()
    {
        for (var round = 0; round < 6; round++)
        {
            Assert.False(_trials.IsExhausted);
            _trials.BeginRound([_ann, _ben]);
            _trials.Failed(Busy(_trials.Next()!, 7_000));
            _trials.Failed(Busy(_trials.Next()!, 4_000));
            Assert.Equal(new HostSelection.RoundResult(false, TimeSpan.FromSeconds(4)), _trials.EndRound());
            _time.Now += TimeSpan.FromSeconds(7);
        }

        Assert.True(_trials.IsExhausted);
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(uint.MaxValue, 10_000)]
    public void no_host_decides_alone_how_long_is_waited(uint told, int waited)
    {
        _trials.Failed(Busy(_ann, told));

        Assert.Equal(TimeSpan.FromMilliseconds(waited), _trials.EndRound().BusyFor);
        _time.Now += TimeSpan.FromMinutes(1);
        Assert.Null(_trials.EndRound().BusyFor);
    }

    [Fact]
    public void a_busy_host_is_left_in_peace_until_its_time_while_others_are_asked()
    {
        _trials.BeginRound([_ann, _ben]);
        _trials.Failed(Busy(_trials.Next()!, 15_000));
        _trials.Failed(Busy(_trials.Next()!, 4_000));
        Assert.Equal(TimeSpan.FromSeconds(4), _trials.EndRound().BusyFor);

        _time.Now += TimeSpan.FromSeconds(4);
        _trials.BeginRound([_ann, _ben]);
        Assert.Equal(_ben, _trials.Next());
        Assert.Null(_trials.Next());
        _trials.Failed(Busy(_ben, 30_000));

        // The tracker is asked again before that: there may be another one.
        Assert.Equal(TimeSpan.FromSeconds(10), _trials.EndRound().BusyFor);
        _time.Now += TimeSpan.FromSeconds(10);
        _trials.BeginRound([_ann, _ben]);
        Assert.Null(_trials.Next());
        Assert.Equal(TimeSpan.FromSeconds(1), _trials.EndRound().BusyFor);
        _time.Now += TimeSpan.FromSeconds(1);
        _trials.BeginRound([_ann, _ben]);
        Assert.Equal(_ann, _trials.Next());
    }

    [Fact]
    public void people_are_told_their_place_and_the_next_try()
    {
        var first = BusyNotice.SoonerOf(null, Busy(_ann, 20_000, "3rd in the queue: all 500 streams are taken"));
        Assert.Equal("waiting: 3rd in the queue of ann, next try in 20 s", first?.Text);

        var sooner = BusyNotice.SoonerOf(first, Busy(_ben, 4_400, "too many"));
        Assert.Equal("waiting: ben (1.2.3.4:5): too many, next try in 5 s", sooner?.Text);
        Assert.Same(sooner, BusyNotice.SoonerOf(sooner, Busy(_ann, 20_000)));
        Assert.Same(sooner, BusyNotice.SoonerOf(sooner, new StreamFailed(_ann, FailureKind.Cut, "cut", null)));
        Assert.Null(BusyNotice.SoonerOf(null, new StreamFailed(_ann, FailureKind.Refused, "no", new Error { Code = ErrorCode.UnknownSong })));
    }

    private static StreamFailed Busy(Host host, uint retryAfterMs, string message = "") => new(
        host, FailureKind.Refused, $"{host.Name} (1.2.3.4:5): {message}", new Error { Code = ErrorCode.Busy, Message = message, RetryAfterMs = retryAfterMs });

    private static Host Named(string name) => new() { Name = name, PeerId = ByteString.CopyFrom(PeerId.NewRandom().ToArray()) };
}
