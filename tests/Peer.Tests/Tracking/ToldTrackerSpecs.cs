using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks which of the addresses named by a tracker are used.</summary>
public sealed class ToldTrackerSpecs
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void A_plain_address_is_left_out_because_only_the_settings_may_turn_TLS_off() =>
        Assert.Equal(["b:1", "c:1"], TrackerChoice.ParseNames(["tsp://a:1", "b:1", $"tsps://c:1#{Id}"], 10).Select(told => $"{told}"));

    [Fact]
    public void A_key_that_was_named_once_is_kept_when_the_tracker_is_named_without_one()
    {
        var choice = new TrackerChoice(
            PeerId.NewRandom(), [new TrackerAddress("a", 1)], new LinkSettings(), TimeProvider.System, new Random(1));
        choice.Welcomed(new TrackerAddress("a", 1), [$"tsps://b:1#{Id}"]);
        choice.Welcomed(new TrackerAddress("a", 1), ["b:1"]);

        Assert.Equal(Id, $"{choice.Known.Single(known => known.Host == "b").Security.Pin}");
    }

    [Fact]
    public void The_settings_for_a_tracker_take_precedence_over_what_a_tracker_says()
    {
        Assert.True(TrackerAddress.TryParse("tsps://a:1", null, out var configured));
        var choice = new TrackerChoice(PeerId.NewRandom(), [configured], new LinkSettings(), TimeProvider.System, new Random(1));
        choice.Welcomed(configured, [$"tsps://a:1#{Id}"]);

        Assert.Equal(TrackerSecurityKind.Authority, Assert.Single(choice.Known).Security.Kind);
    }
}
