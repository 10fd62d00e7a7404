using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks that listings and searches that would never end are detected.</summary>
public sealed class PageOrderSpecs
{
    [Fact]
    public void The_cursors_of_a_listing_rise_until_the_end()
    {
        var pages = new PageOrder(isAscending: true, 1 << 20);
        Assert.Null(pages.Advance(5, []));
        Assert.Null(pages.Advance(9, []));
        Assert.Equal(9, pages.Cursor);
        Assert.Null(pages.Advance(0, []));
        Assert.Equal(0, pages.Cursor);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(8)]
    public void In_a_listing_a_cursor_that_does_not_rise_is_a_fault(int next)
    {
        var pages = new PageOrder(isAscending: true, 1 << 20);
        pages.Advance(9, []);
        Assert.Equal("the tracker's list does not move on to a new page", pages.Advance(next, []));
    }

    [Fact]
    public void The_cursors_of_a_search_may_fall_but_not_repeat()
    {
        var pages = new PageOrder(isAscending: false, 1 << 20);
        Assert.Null(pages.Advance(9, []));
        Assert.Null(pages.Advance(3, []));
        Assert.Null(pages.Advance(7, []));
        Assert.Equal("the tracker's list does not move on to a new page", pages.Advance(3, []));
    }

    [Fact]
    public void Endless_pages_without_songs_are_a_fault()
    {
        var pages = new PageOrder(isAscending: true, 100 * 1024);
        string? fault = null;
        var count = 0;
        while (fault is null)
            fault = pages.Advance(++count, []);
        Assert.Equal(101, count);
        Assert.Contains("does not end", fault, StringComparison.Ordinal);
    }
}
