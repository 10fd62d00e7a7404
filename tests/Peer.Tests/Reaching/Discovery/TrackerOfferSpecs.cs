using System.Globalization;
using System.Net;
using TspActors.Peer.Reaching.Discovery;
using TspActors.Protocol.Mdns;

namespace TspActors.Peer.Tests.Reaching.Discovery;

/// <summary>Checks how the trackers on a network are offered to the user, and how the replies are interpreted.</summary>
public sealed class TrackerOfferSpecs
{
    [Fact]
    public void One_tracker_is_a_question_on_one_line()
    {
        var offer = Offer(1);

        Assert.Empty(offer.Lines);
        Assert.Equal("found: T1 at 192.168.1.1 (plain). Join? [y/N] ", offer.Question);
    }

    [Fact]
    public void Several_trackers_are_a_numbered_list()
    {
        var offer = Offer(2);

        Assert.Equal(
            ["found 2 trackers on the local network:", "  1  T1 at 192.168.1.1 (plain)", "  2  T2 at 192.168.1.2 (plain)"], offer.Lines);
        Assert.Equal("Join which one? [1-2, Enter = none] ", offer.Question);
    }

    [Fact]
    public void A_flood_of_trackers_does_not_fill_the_terminal()
    {
        var offer = Offer(64);

        Assert.Equal(10, offer.Lines.Count());
        Assert.Contains("found 64 trackers", offer.Lines.First(), StringComparison.Ordinal);
        Assert.Contains("[1-9,", offer.Question, StringComparison.Ordinal);
        Assert.False(offer.TryRead("10", out _));
    }

    [Theory]
    [InlineData(1, "y", "T1")]
    [InlineData(1, " YES ", "T1")]
    [InlineData(2, "1", "T1")]
    [InlineData(2, " 2", "T2")]
    public void A_reply_chooses_a_tracker(int count, string reply, string name)
    {
        Assert.True(Offer(count).TryRead(reply, out var chosen));
        Assert.Equal(name, chosen?.Name);
    }

    [Theory]
    [InlineData(1, "n")]
    [InlineData(1, "No")]
    [InlineData(1, "")]
    [InlineData(1, "  ")]
    [InlineData(1, null)]
    [InlineData(2, "n")]
    [InlineData(2, "")]
    [InlineData(2, null)]
    public void No_an_empty_line_and_the_end_of_the_input_choose_none(int count, string? reply)
    {
        Assert.True(Offer(count).TryRead(reply, out var chosen));
        Assert.Null(chosen);
    }

    [Theory]
    [InlineData(1, "list")]
    [InlineData(1, "1")]
    [InlineData(2, "y")]
    [InlineData(2, "0")]
    [InlineData(2, "3")]
    [InlineData(2, "-1")]
    public void Any_other_reply_is_not_valid_and_chooses_none(int count, string reply)
    {
        Assert.False(Offer(count).TryRead(reply, out var chosen));
        Assert.Null(chosen);
    }

    private static TrackerOffer Offer(int count) => new([.. Enumerable.Range(1, count).Select(number => new FoundTracker(
        string.Create(CultureInfo.InvariantCulture, $"T{number}"), [new IPAddress([192, 168, 1, (byte)number])], 7070, null,
        AnnouncedEncryption.Off, NeedsKey: false))]);
}
