using TspActors.Transport.Limits;

namespace TspActors.Transport.Tests.Limits;

public sealed class TokenBucketSpecs
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_burst_is_allowed_after_a_pause_and_then_the_rate_applies()
    {
        var bucket = new TokenBucket(perSecond: 10, capacity: 20, Second);
        for (var request = 0; request < 20; request++)
            Assert.True(bucket.TrySpend(1, Second, out _));
        Assert.False(bucket.TrySpend(1, Second, out var wait));
        Assert.Equal(0.1, wait.TotalSeconds, 2);
        Assert.True(bucket.TrySpend(1, 1.1 * Second, out _));
        Assert.False(bucket.TrySpend(1, 1.1 * Second, out _));
        Assert.True(bucket.TrySpend(20, 100 * Second, out _));
        Assert.False(bucket.TrySpend(1, 100 * Second, out _));
    }

    [Fact]
    public void A_bucket_that_saves_up_allows_an_amount_above_its_capacity_after_a_wait()
    {
        var bucket = new TokenBucket(perSecond: 10, capacity: 5, 100 * Second, savesUp: true);
        Assert.False(bucket.TrySpend(10, 100 * Second, out var wait));
        Assert.Equal(0.5, wait.TotalSeconds, 2);
        Assert.True(bucket.TrySpend(10, 101 * Second, out _));
        Assert.False(bucket.TrySpend(1, 101 * Second, out _));
    }

    [Fact]
    public void A_bucket_that_does_not_save_up_allows_an_amount_above_its_capacity_immediately_and_goes_into_debt()
    {
        var bucket = new TokenBucket(perSecond: 10, capacity: 5, Second);
        Assert.True(bucket.TrySpend(10, Second, out _));
        Assert.Equal(0.6, bucket.WaitFor(1, Second).TotalSeconds, 2);
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.WaitFor(10, Second));
    }

    [Fact]
    public void Returned_tokens_can_be_spent_again_and_fill_the_bucket_beyond_its_capacity_only_if_they_may()
    {
        var bucket = new TokenBucket(perSecond: 1, capacity: 5, Second, savesUp: true);
        bucket.Spend(3);
        bucket.Return(10, Second);
        Assert.False(bucket.TrySpend(6, Second, out _));
        bucket.Return(10, Second, mayOverflow: true);
        Assert.True(bucket.TrySpend(15, Second, out _));
        Assert.False(bucket.TrySpend(1, Second, out _));
    }

    [Fact]
    public void A_surplus_is_lost_at_the_rate_at_which_the_bucket_would_otherwise_refill()
    {
        var bucket = new TokenBucket(perSecond: 1, capacity: 5, Second, savesUp: true);
        bucket.Return(10, Second, mayOverflow: true);
        Assert.Equal(12, Enumerable.Range(0, 100).Count(_ => bucket.TrySpend(1, 4 * Second, out var _)));
        bucket.Return(10, 4 * Second, mayOverflow: true);
        Assert.True(bucket.TrySpend(5, 100 * Second, out _));
        Assert.False(bucket.TrySpend(1, 100 * Second, out _));
    }

    [Fact]
    public void A_rate_of_zero_means_no_limit()
    {
        var bucket = new TokenBucket(perSecond: 0, capacity: 1, TimeSpan.Zero);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(bucket.TrySpend(10, TimeSpan.Zero, out var _)));
        Assert.True(bucket.IsFull(TimeSpan.Zero));
    }

    [Fact]
    public void A_bucket_is_full_again_once_all_spent_tokens_are_refilled()
    {
        var bucket = new TokenBucket(perSecond: 10, capacity: 5, Second);
        Assert.True(bucket.IsFull(Second));
        bucket.Spend(5);
        Assert.False(bucket.IsFull(1.4 * Second));
        Assert.True(bucket.IsFull(1.5 * Second));
    }

    [Fact]
    public void A_new_rate_applies_to_later_refills_and_a_smaller_capacity_applies_immediately()
    {
        var bucket = new TokenBucket(perSecond: 10, capacity: 20, Second);
        bucket.Change(perSecond: 1, capacity: 5, 2 * Second);
        Assert.True(bucket.TrySpend(5, 2 * Second, out _));
        Assert.Equal(TimeSpan.FromSeconds(1), bucket.WaitFor(1, 2 * Second));
    }

    [Fact]
    public void A_wait_is_rounded_up_so_that_the_tokens_are_available_when_it_ends()
    {
        var bucket = new TokenBucket(perSecond: 3, capacity: 1, Second);
        bucket.Spend(1);
        var wait = bucket.WaitFor(1, Second);
        Assert.True(bucket.TrySpend(1, Second + wait, out _));
    }
}
