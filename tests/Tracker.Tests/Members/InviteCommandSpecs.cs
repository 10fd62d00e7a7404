using System.Net;
using TspActors.Configuration;
using TspActors.Protocol;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Members;
using TspActors.Tracker.Members.Commands;

namespace TspActors.Tracker.Tests.Members;

/// <summary>Checks the output and the exit code of invite.</summary>
public sealed class InviteCommandSpecs : MemberCommandSpec
{
    [Fact]
    public void Invite_prints_one_line_and_says_what_to_do_with_it()
    {
        var (code, output, errors) = Run("invite", "--name", "anna");

        Assert.Equal(0, code);
        var line = InvitationLine.Parse(output);
        Assert.Equal($"{line}{Environment.NewLine}", output);
        Assert.Equal(("192.0.2.1", 7070, Guests.Key(7)), (line.Host, line.Port, line.KeyId));
        Assert.Contains("send this line to anna", errors, StringComparison.Ordinal);
        Assert.Contains("until 2026-12-05 18:00 UTC", errors, StringComparison.Ordinal);
        Assert.Contains("peer join", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(line.Code, errors, StringComparison.Ordinal);
        Assert.Equal("anna", Open().Use(Assert.Single(Open().OpenInvitations), Guests.Key(1))?.Name);
    }

    [Fact]
    public void The_first_invitation_restricts_the_tracker_and_says_so()
    {
        Assert.False(Open().IsRestricted);
        Assert.Contains("from now on, only members can join", Run("invite").Errors, StringComparison.Ordinal);
        Assert.True(Open().IsRestricted);
        Assert.DoesNotContain("from now on", Run("invite").Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tracker.example", "tracker.example", 7070)]
    [InlineData("tracker.example:443", "tracker.example", 443)]
    [InlineData("[2001:db8::1]:443", "2001:db8::1", 443)]
    public void The_address_can_be_given(string address, string host, int port)
    {
        var line = InvitationLine.Parse(Run("invite", "--address", address).Output);

        Assert.Equal((host, port), (line.Host, line.Port));
    }

    [Fact]
    public void The_public_address_is_used_before_the_bound_one()
    {
        _settings = _settings with { Cluster = new ClusterSettings { PublicAddress = "t1.example:7171" } };

        var line = InvitationLine.Parse(Run("invite").Output);

        Assert.Equal(("t1.example", 7171), (line.Host, line.Port));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void A_tracker_on_all_addresses_is_named_after_its_machine_with_a_note(string bound)
    {
        var settings = _settings with { Endpoint = new IPEndPoint(IPAddress.Parse(bound), 7070) };

        var (place, note) = InvitationAddress.Choose(null, settings, "kitchen");

        Assert.Equal(new HostPort("kitchen", 7070), place);
        Assert.Contains("--address", note, StringComparison.Ordinal);
        Assert.Throws<MembershipException>(() => InvitationAddress.Choose(null, settings, "not a name"));
    }

    [Fact]
    public void A_loopback_address_is_used_with_a_note() =>
        Assert.NotNull(InvitationAddress.Choose(null, new TrackerSettings { Endpoint = new IPEndPoint(IPAddress.Loopback, 1) }, "kitchen").Note);

    [Fact]
    public void A_port_that_is_not_known_must_be_given()
    {
        _settings = _settings with { Endpoint = new IPEndPoint(IPAddress.Loopback, 0) };

        var (code, output, errors) = Run("invite", "--address", "tracker.example");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("--address HOST:PORT", errors, StringComparison.Ordinal);
        Assert.Equal(1, Run("invite").Code);
        Assert.Equal(0, Run("invite", "--address", "tracker.example:443").Code);
    }

    [Fact]
    public void The_number_of_days_can_be_given()
    {
        Assert.Contains("until 2026-11-29 18:00 UTC", Run("invite", "--days", "1").Errors, StringComparison.Ordinal);
        Assert.Contains("until 2027-11-28 18:00 UTC", Run("invite", "--days", "365").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_can_be_invited_only_once()
    {
        Run("invite", "--name", "anna");
        var invited = Run("invite", "--name", "Anna");
        Assert.Equal((1, ""), (invited.Code, invited.Output));
        Assert.Contains("open invitation for Anna", invited.Errors, StringComparison.Ordinal);

        Admit(1);
        var member = Run("invite", "--name", "anna");
        Assert.Equal(
            $"error: there is already a member called anna; choose another name with --name{Environment.NewLine}", member.Errors);

        _settings = _settings with { AllowedMembers = [new Member(Guests.Key(9), "bob")] };
        Assert.Contains("a member called bob", Run("invite", "--name", "bob").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_open_invitations_is_bounded()
    {
        new MemberFolder(_folder.FullName).Change(lists =>
        {
            for (var count = 0; count < InvitationsFile.MaxOpen; count++)
                lists = lists.Invite("", _clock.GetUtcNow().AddDays(1), [], _clock.GetUtcNow()).Changed;
            return (lists, 0);
        });

        Assert.Contains("1000 open invitations", Run("invite").Errors, StringComparison.Ordinal);
        _clock.Pass(TimeSpan.FromDays(2));
        Assert.Equal(0, Run("invite").Code);
    }
}
