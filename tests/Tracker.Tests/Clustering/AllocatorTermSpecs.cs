using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks which terms of the allocator of song ids are accepted.</summary>
public sealed class AllocatorTermSpecs
{
    private readonly AllocatorTerm _term = new();

    [Fact]
    public void The_first_term_need_not_be_1_and_later_terms_must_not_be_lower()
    {
        Assert.True(_term.TryAdvance(70_000));
        Assert.True(_term.TryAdvance(70_000));
        Assert.True(_term.TryAdvance(70_001));
        Assert.False(_term.TryAdvance(70_000));
        Assert.Equal(70_001u, _term.Current);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(AllocatorTerm.MaxRise + 8)]
    public void A_term_far_ahead_is_ignored_and_the_next_one_is_still_accepted(ulong term)
    {
        _term.TryAdvance(7);

        Assert.False(_term.TryAdvance(term));
        Assert.True(_term.TryAdvance(8));
        Assert.True(_term.TryAdvance(8 + AllocatorTerm.MaxRise));
    }

    [Fact]
    public void A_term_at_the_end_of_the_range_is_ignored_even_as_the_first_one()
    {
        Assert.False(_term.TryAdvance(ulong.MaxValue));
        Assert.True(_term.TryAdvance(1));
    }
}
