using FsCheck;
using FsCheck.Xunit;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks that waits grow up to a maximum, with random jitter.</summary>
public sealed class BackoffSpecs
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [Property]
    public bool Waits_double_up_to_the_maximum_with_a_jitter_of_50_percent(int seed, byte failures)
    {
        var backoff = new Backoff(Shortest, Longest, new Random(seed));
        for (var i = 0; i <= failures; i++)
        {
            var middle = TimeSpan.FromTicks((long)Math.Min(Shortest.Ticks * Math.Pow(2, i), Longest.Ticks));
            var wait = backoff.Next();
            if (wait < middle * 0.5 || wait > middle * 1.5)
                return false;
        }

        return true;
    }

    [Fact]
    public void A_success_resets_the_wait_to_the_minimum()
    {
        var backoff = new Backoff(Shortest, Longest, new Random(1));
        for (var i = 0; i < 10; i++)
            backoff.Next();

        backoff.Reset();

        Assert.InRange(backoff.Next(), Shortest * 0.5, Shortest * 1.5);
    }
}
