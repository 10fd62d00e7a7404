using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TspActors.Configuration;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;

namespace TspActors.Peer.Tests.Hosting.Limits;

/// <summary>Checks how streams share the upload limit, and that they stay within it. The tests set the time.</summary>
public sealed class UploadBudgetSpecs
{
    private const int Chunk = 64 * 1024;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly UploadBudget<string> _budget = new();
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void Without_a_limit_everything_is_granted_immediately()
    {
        Begin("a", 16_000);
        for (var i = 0; i < 100; i++)
        {
            _budget.Ask("a", Chunk, _now);
            Assert.Equal("a", Granted());
        }

        Assert.False(_budget.IsLimited);
        Assert.Null(_budget.NextIn(_now));
    }

    [Fact]
    public void Streams_at_real_time_come_before_downloads_that_asked_earlier()
    {
        Limit(total: 100_000);
        Begin("download", 0);
        Begin("listener", 16_000);
        Exhaust();
        _budget.Ask("download", 10_000, _now);
        _budget.Ask("listener", 10_000, _now);

        Assert.Equal(["listener", "download"], GrantsUntil(Second));
    }

    [Fact]
    public void The_listener_that_would_run_dry_first_is_served_next()
    {
        Limit(total: 100_000);
        Begin("ahead", 16_000);
        _budget.Ask("ahead", 100_000, _now);
        Assert.Equal("ahead", Granted());
        Begin("new", 16_000);
        _budget.Ask("ahead", 32_000, _now);
        _budget.Ask("new", 32_000, _now);

        Assert.Equal(["new", "ahead"], GrantsUntil(Second));
    }

    [Fact]
    public void A_stalled_listener_cannot_catch_up_at_the_expense_of_others()
    {
        Limit(total: 32_000);
        Begin("stalled", 16_000);
        Begin("steady", 16_000);
        _budget.Ask("stalled", 16_000, _now);
        Assert.Equal("stalled", Granted());
        for (var second = 0; second < 60; second++)
        {
            _now += Second;
            _budget.Ask("steady", 16_000, _now);
            Assert.Equal("steady", Granted());
        }

        // The stalled listener is back and asks for everything it missed. The other one still receives a second of audio every second.
        _budget.Ask("stalled", 16_000, _now);
        for (var (second, steady) = (0, 0); second < 60; second++)
        {
            _now += Second;
            _budget.Ask("steady", 16_000, _now);
            while (Granted() is { } stream)
            {
                steady += stream == "steady" ? 1 : 0;
                if (stream == "stalled")
                    _budget.Ask("stalled", 16_000, _now);
            }

            Assert.True(steady > second, $"gap at {second}");
        }
    }

    [Fact]
    public void Downloads_take_turns()
    {
        Limit(total: 64_000);
        foreach (var name in new[] { "a", "b", "c" })
            Begin(name, 0);
        Exhaust();
        foreach (var name in new[] { "a", "b", "c" })
            _budget.Ask(name, 32_000, _now);

        var turns = new List<string>();
        while (turns.Count < 9)
        {
            foreach (var name in GrantsUntil(_budget.NextIn(_now)!.Value))
            {
                turns.Add(name);
                _budget.Ask(name, 32_000, _now);
            }
        }

        Assert.Equal(["a", "b", "c", "a", "b", "c", "a", "b", "c"], turns);
    }

    [Fact]
    public void The_limit_per_stream_does_not_slow_down_a_feed_whose_bitrate_has_grown()
    {
        Limit(total: 0, perStream: 16_000);
        Begin("feed", 4_000);
        _budget.Change("feed", 24_000, _now);
        _budget.Ask("feed", 16_000, _now);
        Assert.Equal("feed", Granted());

        for (var second = 0; second < 60; second++)
        {
            _now += Second;
            _budget.Ask("feed", 24_000, _now);
            Assert.Equal("feed", Granted());
        }
    }

    [Fact]
    public void A_stream_stays_within_its_own_limit_while_others_continue()
    {
        Limit(total: 0, perStream: 32_000);
        Begin("a", 0);
        Begin("b", 0);
        _budget.Ask("a", 32_000, _now);
        Assert.Equal("a", Granted());
        _budget.Ask("a", 32_000, _now);
        Assert.Null(Granted());

        _budget.Ask("b", 32_000, _now);
        Assert.Equal("b", Granted());
        Assert.Equal(Second, _budget.NextIn(_now));
        Assert.Equal(["a"], GrantsUntil(Second));
    }

    [Fact]
    public void The_limit_per_stream_does_not_slow_a_stream_at_real_time()
    {
        Limit(total: 0, perStream: 32_000);
        Begin("hifi", 40_000);
        for (var second = 0; second < 60; second++)
        {
            _budget.Ask("hifi", 40_000, _now);
            Assert.Equal("hifi", Granted());
            _now += Second;
        }
    }

    [Fact]
    public void An_ended_stream_is_skipped_and_a_new_one_with_the_same_name_inherits_nothing()
    {
        Limit(total: 32_000);
        Begin("a", 0);
        Begin("b", 0);
        Exhaust();
        _budget.Ask("a", 32_000, _now);
        _budget.Ask("b", 32_000, _now);
        _budget.Remove("a");
        Begin("a", 0);

        Assert.Equal(["b"], GrantsUntil(TimeSpan.FromSeconds(10)));
        Assert.Null(_budget.NextIn(_now));
    }

    [Fact]
    public void Lifting_the_limit_grants_every_open_request()
    {
        Limit(total: 32_000, perStream: 32_000);
        Begin("a", 0);
        Begin("b", 0);
        Exhaust();
        _budget.Ask("a", Chunk, _now);
        _budget.Ask("b", Chunk, _now);
        Assert.Null(Granted());

        Limit(total: 0);

        Assert.Equal(["a", "b"], GrantsUntil(TimeSpan.Zero).Order());
    }

    [Fact]
    public void A_chunk_larger_than_the_burst_is_granted_when_the_bucket_is_full()
    {
        Limit(total: 32_000, burst: TimeSpan.FromMilliseconds(100));
        Begin("a", 0);
        _budget.Ask("a", Chunk, _now);
        Assert.Equal("a", Granted());
        _budget.Ask("a", Chunk, _now);

        Assert.Empty(GrantsUntil(2 * Second));
        Assert.Equal(["a"], GrantsUntil(TimeSpan.FromMilliseconds(60)));
    }

    [Property(MaxTest = 200)]
    public Property No_time_window_exceeds_the_rate_plus_one_burst_and_every_request_is_served(PositiveInt seed) =>
        Prop.ToProperty(Simulate(new Random(seed.Get)));

    // Random streams request random amounts at random times; the grants in every time window are checked against the limit.
    private static bool Simulate(Random random)
    {
        var (rate, burst) = (random.Next(32_000, 1_000_000), TimeSpan.FromMilliseconds(random.Next(10, 3_000)));
        var budget = new UploadBudget<int>();
        var now = TimeSpan.FromSeconds(random.Next(10_000));
        budget.SetLimits(new Rate(rate), random.Next(2) == 0 ? Rate.None : new Rate(random.Next(32_000, 500_000)), burst, now);
        var streams = random.Next(1, 12);
        for (var stream = 0; stream < streams; stream++)
            budget.Add(stream, random.Next(2) == 0 ? 0 : random.Next(8_000, 40_000), now);
        var open = new int[streams];
        var grants = new List<(TimeSpan At, int Bytes)>();
        for (var step = 0; step < 300; step++)
        {
            var who = random.Next(streams);
            if (open[who] == 0)
                budget.Ask(who, open[who] = random.Next(1, Chunk), now);
            while (budget.TryGrant(now, out var granted))
            {
                grants.Add((now, open[granted]));
                open[granted] = 0;
            }

            now += TimeSpan.FromMilliseconds(random.Next(200));
        }

        var most = Math.Max(rate * burst.TotalSeconds, grants.Max(grant => grant.Bytes));
        for (var from = 0; from < grants.Count; from++)
        {
            var sum = 0.0;
            for (var to = from; to < grants.Count; to++)
            {
                sum += grants[to].Bytes;
                if (sum > most + (rate * (grants[to].At - grants[from].At).TotalSeconds) + 1)
                    return false;
            }
        }

        // No more requests are made; the open ones must be granted at the times that NextIn returns.
        while (budget.NextIn(now) is { } wait)
        {
            now += wait;
            while (budget.TryGrant(now, out var granted))
                open[granted] = 0;
        }

        return open.All(bytes => bytes == 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Listeners_that_fit_into_the_limit_have_no_gaps_despite_greedy_downloads(int seed)
    {
        // 20 listeners at 128 kbit/s and ten downloads share 110 % of what the listeners need. Each listener starts to play as soon as its
        // first bytes arrive.
        const int rate = 16_000;
        var random = new Random(seed);
        Limit(total: 20 * rate * 11 / 10);
        var began = new TimeSpan?[20];
        var sent = new int[20];
        for (var i = 0; i < 20; i++)
            Begin($"{i}", rate);
        for (var i = 20; i < 30; i++)
        {
            Begin($"{i}", 0);
            _budget.Ask($"{i}", Chunk, _now);
        }

        var downloaded = 0L;
        var waits = new HashSet<int>();
        for (var step = 0; step < 3_000; step++)
        {
            for (var i = 0; i < 20; i++)
            {
                // Each listener's stream asks for two seconds at a time until it is ten seconds ahead. The listeners start one by one.
                var ahead = began[i] is { } start ? (sent[i] / (double)rate) - (_now - start).TotalSeconds : 0;
                Assert.True(ahead > -0.001, $"listener {i} has a gap of {-ahead} s in step {step}");
                if (step >= i * 20 && ahead < 10 && waits.Add(i))
                    _budget.Ask($"{i}", 2 * rate, _now);
            }

            while (Granted() is { } name)
            {
                var i = int.Parse(name, System.Globalization.CultureInfo.InvariantCulture);
                if (i >= 20)
                {
                    downloaded += Chunk;
                    _budget.Ask(name, Chunk, _now);
                    continue;
                }

                began[i] ??= _now;
                sent[i] += 2 * rate;
                waits.Remove(i);
            }

            _now += TimeSpan.FromMilliseconds(random.Next(10, 60));
        }

        Assert.True(downloaded > 0);
    }

    private void Limit(int total, int perStream = 0, TimeSpan? burst = null) =>
        _budget.SetLimits(new Rate(total), new Rate(perStream), burst ?? Second, _now);

    private void Begin(string name, double rate) => _budget.Add(name, rate, _now);

    private string? Granted() => _budget.TryGrant(_now, out var stream) ? stream : null;

    // Uses up the burst, so that later grants are limited by the rate.
    private void Exhaust()
    {
        Begin("burst", 0);
        do
            _budget.Ask("burst", 8_000, _now);
        while (Granted() is not null);
        _budget.Remove("burst");
    }

    private List<string> GrantsUntil(TimeSpan time)
    {
        var grants = new List<string>();
        var end = _now + time;
        while (true)
        {
            while (Granted() is { } stream)
                grants.Add(stream);
            if (_budget.NextIn(_now) is not { } wait || _now + wait > end)
                break;
            _now += wait;
        }

        _now = end;
        return grants;
    }
}
