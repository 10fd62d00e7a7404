using TspActors.Peer.Terminal;

namespace TspActors.Peer.Tests.Terminal;

/// <summary>Checks which lines of a long result each key shows.</summary>
public sealed class PagesSpecs
{
    [Fact]
    public void A_result_that_fits_is_shown_at_once()
    {
        var pages = new Pages(lines: 20, fits: 20);

        Assert.Equal(0..20, pages.Next(ConsoleKey.Spacebar, height: 20));
        Assert.True(pages.IsOver);
    }

    [Fact]
    public void Space_shows_a_page_Enter_a_line_and_a_the_rest()
    {
        var pages = new Pages(lines: 100, fits: 20);

        Assert.Equal(0..20, pages.Next(ConsoleKey.Spacebar, height: 20));
        Assert.Equal(20..21, pages.Next(ConsoleKey.Enter, height: 20));
        Assert.Equal(21..21, pages.Next(ConsoleKey.X, height: 20));
        Assert.Equal(21..51, pages.Next(ConsoleKey.Spacebar, height: 30));
        Assert.False(pages.IsOver);
        Assert.Equal(51..100, pages.Next(ConsoleKey.A, height: 20));
        Assert.True(pages.IsOver);
    }

    [Fact]
    public void A_result_ends_with_its_last_page_or_earlier_with_q()
    {
        var whole = new Pages(lines: 25, fits: 20);
        var left = new Pages(lines: 25, fits: 20);

        whole.Next(ConsoleKey.Spacebar, height: 20);
        left.Next(ConsoleKey.Spacebar, height: 20);

        Assert.Equal(20..25, whole.Next(ConsoleKey.Spacebar, height: 20));
        Assert.Equal(20..20, left.Next(ConsoleKey.Q, height: 20));
        Assert.True(whole.IsOver);
        Assert.True(left.IsOver);
    }
}
