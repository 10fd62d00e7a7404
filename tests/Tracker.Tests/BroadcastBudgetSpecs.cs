namespace TspActors.Tracker.Tests;

public sealed class BroadcastBudgetSpecs
{
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TrackerSettings Settings = new() { BroadcastMaxBytes = 4 * MiB, BroadcastBytesPerSecond = 64 * MiB };

    private readonly BroadcastBudget _budget = new(Settings, Second);

    [Theory]
    [InlineData(0, 4 * MiB)]
    [InlineData(4, 4 * MiB)]
    [InlineData(64, 256 * KiB)]
    [InlineData(100_000, 8 * KiB)]
    public void After_a_pause_all_peers_receive_the_bytes_of_a_quarter_of_a_second_and_each_at_least_8_KiB(int peers, long expected) =>
        Assert.Equal(expected, _budget.MaxSize(peers, 10 * Second));

    [Fact]
    public void Broadcasts_that_follow_one_another_are_smaller()
    {
        _budget.Spend(MiB, 64, Second);
        Assert.Equal(8 * KiB, _budget.MaxSize(64, Second));
        Assert.Equal(128 * KiB, _budget.MaxSize(64, Second + (Second / 8)));
    }

    [Fact]
    public void Broadcasts_of_8_KiB_to_many_peers_go_on_and_the_budget_recovers_afterwards()
    {
        var now = Second;
        for (var broadcast = 0; broadcast < 100; broadcast++, now += Second / 4)
        {
            Assert.Equal(8 * KiB, _budget.MaxSize(100_000, now));
            _budget.Spend(8 * KiB, 100_000, now);
        }

        Assert.Equal(4 * MiB, _budget.MaxSize(1, now + (2 * Second)));
    }

    [Fact]
    public void Zero_means_no_limit() =>
        Assert.Equal(4 * MiB, new BroadcastBudget(Settings with { BroadcastBytesPerSecond = 0 }, Second).MaxSize(100_000, Second));

    [Fact]
    public void No_changes_are_broadcast_if_the_maximum_size_is_zero() =>
        Assert.Equal(0, new BroadcastBudget(Settings with { BroadcastMaxBytes = 0 }, Second).MaxSize(1, Second));
}
