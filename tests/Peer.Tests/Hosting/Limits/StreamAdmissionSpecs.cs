using System.Net;
using FsCheck;
using FsCheck.Xunit;
using TspActors.Configuration;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Hosting.Limits;

/// <summary>
/// Checks which requesters are admitted, in which order others wait, and what happens to those that ask too soon. The tests set the time.
/// </summary>
public sealed class StreamAdmissionSpecs
{
    private const double Rate128 = 16_000;

    private TimeSpan _now = TimeSpan.FromHours(1);

    private static HostingSettings Settings { get; } = new() { MaxStreams = 2 };

    [Fact]
    public void Streams_are_admitted_up_to_the_limit_and_later_requesters_are_queued()
    {
        var admission = Full(out _);

        var (third, fourth) = (Ask(admission, Peer(3)), Ask(admission, Peer(4)));

        Assert.Equal((ErrorCode.Busy, TimeSpan.FromSeconds(5)), (third!.Code, third.RetryAfter!.Value));
        Assert.Equal("1st in the queue: all 2 streams are taken", third.Message);
        Assert.StartsWith("2nd in the queue: ", fourth!.Message, StringComparison.Ordinal);
        Assert.True(fourth.RetryAfter > third.RetryAfter);
        Assert.Equal((2, 2), (admission.Active, admission.Waiting));
    }

    [Fact]
    public void A_freed_slot_is_held_for_the_first_requester_in_the_queue()
    {
        var admission = Full(out var running);
        Ask(admission, Peer(3));
        Ask(admission, Peer(4));
        admission.Leave(running[0], _now);
        _now += TimeSpan.FromSeconds(5);

        Assert.StartsWith("3rd", Ask(admission, Peer(5))!.Message, StringComparison.Ordinal);
        Assert.StartsWith("2nd", Ask(admission, Peer(4))!.Message, StringComparison.Ordinal);
        Assert.Null(Ask(admission, Peer(3)));
        _now += TimeSpan.FromSeconds(30);
        Assert.StartsWith("1st", Ask(admission, Peer(4))!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_about_room_neither_starts_a_stream_nor_uses_up_the_queue_place()
    {
        var admission = Full(out var running);
        Ask(admission, Peer(3));
        Ask(admission, Peer(4));
        admission.Leave(running[0], _now);
        _now += TimeSpan.FromSeconds(5);

        Assert.Null(admission.FindRoom(Peer(3), _now));
        Assert.StartsWith("2nd", admission.FindRoom(Peer(4), _now)!.Message, StringComparison.Ordinal);
        Assert.Equal((1, 2), (admission.Active, admission.Waiting));
        Assert.Null(Ask(admission, Peer(3)));
        Assert.Equal((2, 1), (admission.Active, admission.Waiting));
    }

    [Theory]
    [InlineData("10.0.0.{0}", "10.0.1.{0}", "10.0.2.{0}")]
    [InlineData("2001:db8:0:{0}::1", "2001:db8:1:{0}::1", "2001:db8:2:{0}::1")]
    public void A_network_with_most_of_the_streams_gives_one_up_for_each_requester_from_a_network_with_few(
        string many, string few, string other)
    {
        var admission = new StreamAdmission(Settings with { MaxStreams = 20 });
        for (var n = 1; n <= 20; n++)
            Assert.Null(Ask(admission, Peer(n, At(many, n))));
        var network = StreamAdmission.NetworkOf(Peer(1, At(many, 1)));
        Assert.StartsWith("1st in the queue", Ask(admission, Peer(21, At(many, 21)))!.Message, StringComparison.Ordinal);

        // The queued requester of the large network does not delay those of the small ones, which are served until the large network has
        // fewer than 16 streams.
        for (var n = 1; n <= 5; n++)
        {
            Assert.Null(Ask(admission, Peer(100 + n, At(n < 3 ? few : other, n))));
            Assert.Equal(network, admission.NetworkToCut);
            admission.Leave(Peer(21 - n, At(many, 21 - n)), _now, forReplacement: true);
        }

        Assert.NotNull(Ask(admission, Peer(106, At(few, 6))));
        Assert.Null(admission.NetworkToCut);

        static string At(string network, int number) => string.Format(System.Globalization.CultureInfo.InvariantCulture, network, number);
    }

    [Fact]
    public void A_network_gives_up_no_stream_if_it_has_fewer_than_16_or_for_a_network_with_half_as_many()
    {
        var home = new StreamAdmission(Settings with { MaxStreams = 15 });
        for (var n = 1; n <= 15; n++)
            Assert.Null(Ask(home, Peer(n, "10.0.0.1")));
        Assert.NotNull(Ask(home, Peer(16, "10.0.1.1")));

        var hall = new StreamAdmission(Settings with { MaxStreams = 30 });
        for (var n = 1; n <= 30; n++)
            Assert.Null(Ask(hall, Peer(n, n <= 20 ? "10.0.0.1" : "10.0.1.1")));
        Assert.NotNull(Ask(hall, Peer(31, "10.0.1.2")));
        Assert.Null(Ask(hall, Peer(32, "10.0.2.1")));
    }

    [Theory]
    [InlineData(20, 0)]
    [InlineData(18, 5)]
    public void A_host_whose_slots_are_taken_or_held_by_one_network_reports_room_for_others(int running, int waiting)
    {
        var admission = new StreamAdmission(Settings with { MaxStreams = 20 });
        var claims = Enumerable.Range(1, 20).Select(number => Peer(number)).ToList();
        Assert.All(claims, claim => Assert.Null(Ask(admission, claim)));
        for (var n = 1; n <= waiting; n++)
            Assert.NotNull(Ask(admission, Peer(100 + n)));
        foreach (var claim in claims.Skip(running))
            admission.Leave(claim, _now);

        Assert.Equal(running, admission.Allowed(_now));
        Assert.Equal(running + 1, admission.Announced(_now));
        Assert.Null(Ask(admission, Peer(200, "10.0.1.1")));
    }

    [Theory]
    [InlineData("10.0.0.1", 15, 15)]
    [InlineData("10.0.{0}.1", 20, 20)]
    [InlineData("10.0.0.1", 19, 20)]
    public void A_host_reports_the_streams_that_its_limits_allow_if_no_network_would_give_one_up(string address, int running, int most)
    {
        var admission = new StreamAdmission(Settings with { MaxStreams = most });
        for (var n = 1; n <= running; n++)
            Assert.Null(Ask(admission, Peer(n, string.Format(System.Globalization.CultureInfo.InvariantCulture, address, n))));

        Assert.Equal(most, admission.Announced(_now));
    }

    [Fact]
    public void A_host_whose_upload_limit_is_used_up_reports_no_room_even_if_one_network_has_all_slots()
    {
        var admission = new StreamAdmission(Settings with { MaxStreams = 20 });
        admission.SetLimits(Settings with { MaxStreams = 20 }, new Rate((long)(20.5 * Rate128)));
        for (var n = 1; n <= 20; n++)
            Assert.Null(Ask(admission, Peer(n, rate: Rate128)));

        Assert.Equal(20, admission.Announced(_now));
    }

    [Fact]
    public void If_the_first_requester_does_not_return_the_next_one_is_served()
    {
        var admission = Full(out var running);
        var told = Ask(admission, Peer(3))!.RetryAfter!.Value;
        Ask(admission, Peer(4));
        admission.Leave(running[0], _now);

        _now += told + Settings.Limits.SlotHold;

        Assert.Null(Ask(admission, Peer(4)));
    }

    [Fact]
    public void A_queue_place_expires_after_a_while()
    {
        var admission = Full(out _);
        var told = Ask(admission, Peer(3))!.RetryAfter!.Value;
        Ask(admission, Peer(4));
        Ask(admission, Peer(5));

        _now += told + Settings.Limits.QueuePlaceGrace;

        Assert.StartsWith("1st", Ask(admission, Peer(4))!.Message, StringComparison.Ordinal);
        Assert.StartsWith("2nd", Ask(admission, Peer(5))!.Message, StringComparison.Ordinal);
        Assert.StartsWith("3rd", Ask(admission, Peer(3))!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_contains_the_queue_place_stated_in_its_message()
    {
        var admission = Full(out _);

        var places = Enumerable.Range(3, 3).Select(peer => Ask(admission, Peer(peer))!).ToList();

        Assert.Equal([1, 2, 3], places.Select(refused => refused.QueuePlace));
        Assert.All(places, refused => Assert.StartsWith(QueuePlace.Text(refused.QueuePlace), refused.Message, StringComparison.Ordinal));
        Assert.Equal(2, Ask(admission, Peer(4))!.QueuePlace);
    }

    [Fact]
    public void A_full_queue_refuses_with_a_longer_retry_time_and_keeps_its_places()
    {
        var admission = Full(out _, Settings with { Limits = new HostingLimits { MaxQueue = 2 } });
        Ask(admission, Peer(3));
        Ask(admission, Peer(4));

        var refused = Ask(admission, Peer(5))!;

        Assert.Equal((ErrorCode.Busy, TimeSpan.FromSeconds(30)), (refused.Code, refused.RetryAfter!.Value));
        Assert.Equal(0, refused.QueuePlace);
        Assert.DoesNotContain("in the queue", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, admission.Waiting);
    }

    [Fact]
    public void One_address_cannot_fill_the_queue()
    {
        var admission = Full(out _, Settings with { Limits = new HostingLimits { MaxQueuePerAddress = 3 } });
        for (var peer = 3; peer < 100; peer++)
            Ask(admission, Peer(peer, "10.0.0.66"));

        Assert.Equal(3, admission.Waiting);
        Assert.StartsWith("4th", Ask(admission, Peer(3))!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_queue_a_refusal_has_the_shortest_retry_time()
    {
        var admission = Full(out _, Settings with { Limits = new HostingLimits { MaxQueue = 0 } });

        Assert.Equal(TimeSpan.FromSeconds(5), Ask(admission, Peer(3))!.RetryAfter);
        Assert.Equal(0, admission.Waiting);
    }

    [Fact]
    public void The_retry_time_depends_on_how_often_streams_end()
    {
        var admission = Full(out var running);
        for (var i = 0; i < 50; i++)
        {
            _now += TimeSpan.FromSeconds(8);
            admission.Leave(running[i % 2], _now);
            running[i % 2] = Peer(100 + i);
            Assert.Null(Ask(admission, running[i % 2]));
        }

        Assert.Equal(TimeSpan.FromSeconds(5), Ask(admission, Peer(3))!.RetryAfter);
        Assert.InRange(Ask(admission, Peer(4))!.RetryAfter!.Value, TimeSpan.FromSeconds(12.5), TimeSpan.FromSeconds(13.5));
        for (var i = 5; i < 15; i++)
            Assert.True(Ask(admission, Peer(i))!.RetryAfter <= Settings.Limits.BusyRetryLongest);
    }

    [Fact]
    public void Streams_are_limited_per_peer_and_per_address()
    {
        var admission = new StreamAdmission(
            new HostingSettings { MaxStreams = 0, Limits = new HostingLimits { MaxStreamsPerPeer = 2, MaxStreamsPerAddress = 4 } });
        Assert.Null(Ask(admission, Peer(1, song: 1)));
        Assert.Null(Ask(admission, Peer(1, song: 2)));

        Assert.Contains("the limit for one peer", Ask(admission, Peer(1, song: 3))!.Message, StringComparison.Ordinal);
        Assert.Null(Ask(admission, Peer(2)));
        Assert.Null(Ask(admission, Nobody("10.0.0.1")));
        Assert.Contains("your address", Ask(admission, Peer(3))!.Message, StringComparison.Ordinal);
        Assert.Contains("your address", Ask(admission, Nobody("10.0.0.1"))!.Message, StringComparison.Ordinal);
        // The same id at a different address has its own limit, so an impostor cannot use up a peer's limit.
        Assert.Null(Ask(admission, Peer(1, "10.0.0.2")));
        Assert.Equal(0, admission.Waiting);
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    public void An_IPv4_address_or_an_IPv6_prefix_counts_as_one_requester(string one, string other, bool same) =>
        Assert.Equal(same, RequesterKey.From(null, IPAddress.Parse(one)) == RequesterKey.From(null, IPAddress.Parse(other)));

    [Fact]
    public void Listeners_are_admitted_as_long_as_the_upload_limit_suffices_for_all_of_them()
    {
        var admission = new StreamAdmission(new HostingSettings());
        admission.SetLimits(new HostingSettings(), new Rate(50_000));
        for (var peer = 1; peer <= 3; peer++)
            Assert.Null(Ask(admission, Peer(peer, rate: Rate128)));

        var refused = Ask(admission, Peer(4, rate: Rate128))!;

        Assert.Equal("1st in the queue: the upload limit of 400 kbit/s is used up", refused.Message);
        Assert.Equal(3, admission.Allowed(_now));
    }

    [Fact]
    public void A_feed_that_exceeds_the_upload_limit_cannot_be_saved_at_full_speed()
    {
        var admission = new StreamAdmission(new HostingSettings());
        admission.SetLimits(new HostingSettings(), new Rate(32_000));

        var refused = Ask(admission, Peer(1, rate: 40_000) with { IsLive = true })!;

        Assert.Equal("this feed needs 320 kbit/s, but this host uploads at most 256 kbit/s", refused.Message);
    }

    [Fact]
    public void A_running_stream_whose_rate_grows_takes_the_room_of_others()
    {
        var admission = new StreamAdmission(new HostingSettings());
        admission.SetLimits(new HostingSettings(), new Rate(20_000));
        var quiet = Peer(1, rate: 4_000);
        Assert.Null(Ask(admission, quiet));
        Assert.Null(admission.FindRoom(Peer(2, rate: 12_000), _now));

        var loud = quiet with { RealTimeRate = 16_000 };
        admission.Change(quiet, loud);

        Assert.Equal((16_000.0, 1), (admission.RealTimeRate, admission.Active));
        Assert.Equal(ErrorCode.Busy, Ask(admission, Peer(2, rate: 12_000))!.Code);
        admission.Change(loud, loud with { RealTimeRate = 24_000 });
        Assert.True(admission.Overcommitted);
    }

    [Fact]
    public void A_song_that_exceeds_the_upload_limit_is_FORBIDDEN_and_not_queued()
    {
        var admission = new StreamAdmission(new HostingSettings());
        admission.SetLimits(new HostingSettings(), new Rate(32_000));

        var refused = Ask(admission, Peer(1, rate: 40_000))!;

        Assert.Equal((ErrorCode.Forbidden, null), (refused.Code, refused.RetryAfter));
        Assert.Contains("320 kbit/s", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, admission.Waiting);
        Assert.Null(Ask(admission, Peer(1)));
    }

    [Fact]
    public void Downloads_are_admitted_as_long_as_each_gets_a_minimum_rate()
    {
        var admission = new StreamAdmission(new HostingSettings());
        admission.SetLimits(new HostingSettings(), new Rate(100_000));
        Assert.Null(Ask(admission, Peer(1, rate: Rate128)));
        Assert.Null(Ask(admission, Peer(2)));
        Assert.Null(Ask(admission, Peer(3)));

        Assert.Equal(ErrorCode.Busy, Ask(admission, Peer(4))!.Code);
        Assert.Equal(2, admission.Downloads);
    }

    [Fact]
    public void Listeners_do_not_wait_for_running_downloads()
    {
        var admission = new StreamAdmission(new HostingSettings());
        admission.SetLimits(new HostingSettings(), new Rate(64_000));
        Assert.Null(Ask(admission, Peer(1)));
        Assert.Null(Ask(admission, Peer(2)));

        for (var peer = 3; peer < 7; peer++)
            Assert.Null(Ask(admission, Peer(peer, rate: Rate128)));
    }

    [Fact]
    public void Songs_with_a_low_bitrate_do_not_overtake_one_with_a_high_bitrate_in_the_queue()
    {
        var admission = new StreamAdmission(new HostingSettings());
        admission.SetLimits(new HostingSettings(), new Rate(64_000));
        var small = Enumerable.Range(1, 4).Select(peer => Peer(peer, rate: Rate128)).ToList();
        small.ForEach(claim => Assert.Null(Ask(admission, claim)));
        Ask(admission, Peer(9, rate: 40_000));
        foreach (var done in small.Take(2))
            admission.Leave(done, _now);

        Assert.Equal(ErrorCode.Busy, Ask(admission, Peer(5, rate: Rate128))!.Code);
        admission.Leave(small[2], _now);
        Assert.Null(Ask(admission, Peer(9, rate: 40_000)));
    }

    [Fact]
    public void A_stream_that_is_replaced_keeps_its_slot_even_while_others_wait()
    {
        var admission = Full(out var running);
        Ask(admission, Peer(3));
        admission.Leave(running[0], _now, forReplacement: true);

        Assert.Null(admission.Ask(running[0], _now, running[0]));
        Assert.Equal(2, admission.Active);
    }

    [Fact]
    public void A_download_that_seeks_keeps_its_slot_even_after_listeners_have_arrived()
    {
        var admission = new StreamAdmission(new HostingSettings());
        admission.SetLimits(new HostingSettings(), new Rate(HostingLimits.LeastUpload.BytesPerSecond));
        var download = Peer(1);
        Assert.Null(Ask(admission, download));
        Assert.Null(Ask(admission, Peer(2, rate: Rate128)));
        admission.Leave(download, _now, forReplacement: true);

        Assert.Null(admission.Ask(download, _now, download));
    }

    [Fact]
    public void Indistinguishable_requesters_each_have_their_own_retry_time()
    {
        var admission = Full(out _);
        var due = new List<TimeSpan> { _now, _now + TimeSpan.FromSeconds(2), _now + TimeSpan.FromSeconds(3) };
        for (var turn = 0; turn < 100; turn++)
        {
            var next = due.Min();
            _now = next > _now ? next : _now;
            var refused = Ask(admission, Nobody("10.0.0.9"))!;
            Assert.False(refused.Cuts);
            due.Remove(next);
            due.Add(_now + refused.RetryAfter!.Value);
        }
    }

    [Fact]
    public void Freed_slots_go_to_both_waiting_requesters_before_newcomers()
    {
        var admission = Full(out var running);
        Ask(admission, Peer(3));
        var told = Ask(admission, Peer(4))!.RetryAfter!.Value;
        admission.Leave(running[0], _now);
        admission.Leave(running[1], _now);
        _now += TimeSpan.FromSeconds(5);
        Assert.Null(Ask(admission, Peer(3)));
        _now += told - TimeSpan.FromSeconds(5);

        Assert.NotNull(Ask(admission, Peer(5)));
        Assert.Null(Ask(admission, Peer(4)));
    }

    [Fact]
    public void A_listener_can_still_seek_after_the_limit_has_been_lowered()
    {
        var admission = Full(out var running);
        admission.SetLimits(Settings with { MaxStreams = 1, Limits = new HostingLimits { MaxStreamsPerAddress = 1 } }, Rate.None);
        admission.Leave(running[0], _now, forReplacement: true);

        Assert.Null(admission.Ask(running[0], _now, running[0]));
        Assert.NotNull(Ask(admission, Peer(3)));
    }

    [Fact]
    public void A_requester_that_asks_too_soon_is_delayed_and_keeps_its_place_and_retry_time()
    {
        var admission = Full(out _);
        Ask(admission, Peer(3));
        _now += TimeSpan.FromSeconds(2);

        var early = Ask(admission, Peer(3))!;

        Assert.Equal(TimeSpan.FromSeconds(3), early.RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(3), early.Pause);
        Assert.StartsWith("1st", early.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, Ask(admission, Peer(4))!.Pause);
    }

    [Fact]
    public void A_requester_that_keeps_asking_too_soon_is_cut_off_for_a_while_but_others_at_its_address_are_not()
    {
        var admission = Full(out var running);
        Ask(admission, Peer(3));
        for (var i = 0; i < Settings.Limits.MaxEarlyRequests; i++)
            Assert.False(Ask(admission, Peer(3))!.Cuts);

        var cut = Ask(admission, Peer(3))!;

        Assert.Equal((ErrorCode.RateLimited, Settings.Limits.IgnorePenalty, true), (cut.Code, cut.RetryAfter!.Value, cut.Cuts));
        Assert.Equal(0, admission.Waiting);
        admission.Leave(running[0], _now);
        Assert.True(Ask(admission, Peer(3, song: 2))!.Cuts);
        Assert.Null(Ask(admission, Peer(4)));
        admission.Leave(running[1], _now);
        _now += Settings.Limits.IgnorePenalty;
        Assert.Null(Ask(admission, Peer(3)));
    }

    [Fact]
    public void Each_song_a_peer_waits_for_has_its_own_retry_time()
    {
        var admission = Full(out _);
        for (var round = 0; round < 20; round++)
        {
            for (var song = 1; song <= 3; song++)
                Assert.Equal(TimeSpan.Zero, Ask(admission, Peer(3, song: song))!.Pause);
            _now += TimeSpan.FromSeconds(31);
        }
    }

    [Fact]
    public void A_requester_that_respects_its_retry_time_is_never_delayed()
    {
        var admission = Full(out _);
        for (var i = 0; i < 100; i++)
        {
            var refused = Ask(admission, Peer(3))!;
            Assert.Equal((TimeSpan.Zero, false), (refused.Pause, refused.Cuts));
            _now += refused.RetryAfter!.Value;
        }
    }

    [Fact]
    public void The_memory_used_for_refused_requesters_is_bounded()
    {
        var ledger = new RetryLedger();
        for (var peer = 0; peer < RetryLedger.MaxRequesters + 5_000; peer++)
            ledger.RecordRefusal(Peer(peer), _now, _now + TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));
        Assert.InRange(ledger.Count, 1, RetryLedger.MaxRequesters + 1);

        ledger.RecordRefusal(Peer(1), _now + TimeSpan.FromHours(1), _now + TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));

        Assert.Equal(1, ledger.Count);
    }

    [Fact]
    public void After_the_limit_is_lowered_the_host_is_overcommitted_until_enough_streams_have_ended()
    {
        var admission = new StreamAdmission(new HostingSettings());
        Ask(admission, Peer(1, rate: Rate128));
        Ask(admission, Peer(2, rate: Rate128));
        Ask(admission, Peer(3, rate: 40_000));
        Assert.False(admission.Overcommitted);

        admission.SetLimits(new HostingSettings(), new Rate(32_000));
        Assert.True(admission.Overcommitted);

        admission.Leave(Peer(3, rate: 40_000), _now);
        Assert.False(admission.Overcommitted);
    }

    [Theory]
    [InlineData(1, "1st")]
    [InlineData(2, "2nd")]
    [InlineData(3, "3rd")]
    [InlineData(4, "4th")]
    [InlineData(11, "11th")]
    [InlineData(112, "112th")]
    [InlineData(121, "121st")]
    public void A_queue_place_is_written_as_an_ordinal_number(int place, string ordinal)
    {
        Assert.Equal($"{ordinal} in the queue", QueuePlace.Text(place));
    }

    [Property(MaxTest = 200)]
    public bool Limits_hold_under_random_load_and_a_requester_that_waits_is_eventually_served(PositiveInt seed)
    {
        var random = new Random(seed.Get);
        var settings = new HostingSettings { MaxStreams = random.Next(1, 6), Limits = new HostingLimits { MaxQueue = random.Next(0, 8) } };
        var upload = new Rate(random.Next(40_000, 200_000));
        var admission = new StreamAdmission(settings);
        admission.SetLimits(settings, upload);
        var running = new List<StreamClaim>();
        for (var step = 0; step < 400; step++)
        {
            if (random.Next(3) > 0)
            {
                var claim = Peer(random.Next(20), rate: random.Next(3) == 0 ? 0 : random.Next(8_000, 40_000));
                if (running.All(other => other.Requester != claim.Requester) && Ask(admission, claim) is null)
                    running.Add(claim);
            }
            else if (running.Count > 0)
            {
                var at = random.Next(running.Count);
                admission.Leave(running[at], _now);
                running.RemoveAt(at);
            }

            _now += TimeSpan.FromMilliseconds(random.Next(4_000));
            if (admission.Active != running.Count || running.Count > settings.MaxStreams || admission.Waiting > settings.Limits.MaxQueue
                || running.Sum(claim => claim.RealTimeRate) > upload.BytesPerSecond + 1
                || (admission.Allowed(_now) is var allowed && (allowed < running.Count || allowed > Math.Max(settings.MaxStreams, 1))))
                return false;
        }

        // Once all streams have ended, a requester that respects its retry times is served.
        foreach (var claim in running)
            admission.Leave(claim, _now);
        var late = Peer(99);
        while (Ask(admission, late) is { } refusal)
            _now += refusal.RetryAfter!.Value;
        return true;
    }

    private StreamAdmission Full(out List<StreamClaim> running, HostingSettings? settings = null)
    {
        var admission = new StreamAdmission(settings ?? Settings);
        running = [Peer(1), Peer(2)];
        foreach (var claim in running)
            Assert.Null(Ask(admission, claim));
        return admission;
    }

    private AdmissionRefusal? Ask(StreamAdmission admission, StreamClaim claim) => admission.Ask(claim, _now);

    private static StreamClaim Peer(int number, string address = "10.0.0.1", int song = 1, double rate = 0)
    {
        Span<byte> id = stackalloc byte[PeerId.Size];
        BitConverter.TryWriteBytes(id, number);
        return new StreamClaim(RequesterKey.From(new PeerId(id), IPAddress.Parse(address)), song, rate);
    }

    private static StreamClaim Nobody(string address) => new(RequesterKey.From(null, IPAddress.Parse(address)), 1, 0);
}
