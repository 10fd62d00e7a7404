using TspActors.Tracker.Calls;

namespace TspActors.Tracker.Tests.Calls;

/// <summary>Checks a sliding window that counts events by key.</summary>
public sealed class RateWindowSpecs
{
    private readonly RateWindow<string> _window = new(2, TimeSpan.FromMinutes(1));

    [Fact]
    public void A_key_waits_until_the_oldest_of_its_events_has_left_the_window()
    {
        _window.Add("ann", At(0));
        Assert.Equal(TimeSpan.Zero, _window.WaitFor("ann", At(5)));
        _window.Add("ann", At(10));

        Assert.Equal(At(40), _window.WaitFor("ann", At(20)));
        Assert.Equal(TimeSpan.Zero, _window.WaitFor("ben", At(20)));
        Assert.Equal(TimeSpan.Zero, _window.WaitFor("ann", At(60)));
        _window.Add("ann", At(60));
        Assert.Equal(At(9), _window.WaitFor("ann", At(61)));
    }

    [Fact]
    public void A_key_without_events_in_the_window_is_forgotten()
    {
        _window.Add("ann", At(0));
        _window.Add("ben", At(30));

        _window.Purge(At(60));
        Assert.Equal(1, _window.Count);
        _window.Purge(At(90));
        Assert.Equal(0, _window.Count);
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
