using TspActors.Tracker.Members;

namespace TspActors.Tracker.Tests.Members;

/// <summary>Checks that a tracker with members never starts open to everyone.</summary>
public sealed class MembershipForSpecs : MembershipSpec
{
    private TrackerSettings Settings => new() { DataFolder = _folder.FullName };

    [Fact]
    public void Without_members_everyone_may_join()
    {
        Assert.False(Membership.For(Settings, _warnings.Add)!.IsRestricted);
        Assert.Null(Membership.For(Settings with { Encryption = TrackerEncryption.Off }, _warnings.Add));
        Assert.Null(Membership.For(new TrackerSettings(), _warnings.Add));
    }

    [Fact]
    public void Members_without_TLS_are_an_error()
    {
        Invite("anna");
        Assert.True(Membership.For(Settings, _warnings.Add)!.IsRestricted);
        var error = Assert.Throws<IOException>(() => Membership.For(Settings with { Encryption = TrackerEncryption.Off }, _warnings.Add));
        Assert.Contains("tsp.tracker.encryption", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_in_the_settings_without_a_folder_are_an_error()
    {
        var settings = new TrackerSettings { AllowedMembers = [new Member(Guests.Key(1), "anna")] };
        Assert.Contains("--data", Assert.Throws<IOException>(() => Membership.For(settings, _warnings.Add)).Message, StringComparison.Ordinal);
    }
}
