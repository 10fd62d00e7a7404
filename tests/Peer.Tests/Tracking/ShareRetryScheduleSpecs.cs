using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks when refused songs are offered again.</summary>
public sealed class ShareRetryScheduleSpecs
{
    private static readonly LinkSettings Settings =
        new() { OfferAgainMin = TimeSpan.FromSeconds(30), OfferAgainMax = TimeSpan.FromMinutes(10) };

    private readonly ManualClock _time = new(DateTimeOffset.UnixEpoch);
    private readonly ShareRetrySchedule _times;

    public ShareRetryScheduleSpecs() => _times = new ShareRetrySchedule(Settings, _time, new Random(1));

    [Fact]
    public void Songs_that_stay_refused_are_offered_less_and_less_often()
    {
        Assert.InRange(_times.Refused(isNews: true)!.Value, Seconds(15), Seconds(45));
        Assert.Null(_times.Refused(isNews: false));
        for (var i = 0; i < 8; i++)
            Offer();

        Assert.InRange(Offer()!.Value, Seconds(300), Seconds(900));
    }

    [Fact]
    public void A_change_brings_the_next_offer_forward()
    {
        _times.Refused(isNews: true);
        for (var i = 0; i < 8; i++)
            Offer();

        Assert.InRange(_times.Refused(isNews: true)!.Value, Seconds(15), Seconds(45));
    }

    [Fact]
    public void Constant_changes_do_not_postpone_the_offer()
    {
        var wait = _times.Refused(isNews: true)!.Value;
        while (wait > TimeSpan.FromSeconds(1))
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            wait -= TimeSpan.FromSeconds(1);
            wait = _times.Refused(isNews: true) is { } sooner && sooner < wait ? sooner : wait;
        }

        // The offer was never postponed.
        Assert.InRange(_time.GetUtcNow() - DateTimeOffset.UnixEpoch, TimeSpan.Zero, Seconds(45));
        _times.Offered();
        Assert.NotNull(_times.Refused(isNews: false));
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private TimeSpan? Offer()
    {
        _times.Offered();
        return _times.Refused(isNews: false);
    }
}
