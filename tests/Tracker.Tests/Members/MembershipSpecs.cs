using TspActors.Protocol;
using TspActors.Tracker.Members;

namespace TspActors.Tracker.Tests.Members;

/// <summary>Checks, with real files, who may register with a tracker while its files change.</summary>
public sealed class MembershipSpecs : MembershipSpec
{
    [Fact]
    public void Without_files_and_settings_everyone_may_join_and_nothing_is_written()
    {
        var membership = Open();

        Assert.False(membership.IsRestricted);
        Assert.Null(membership.Find(Guests.Key(1)));
        Assert.Empty(membership.OpenInvitations);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void Members_in_the_configuration_restrict_the_tracker()
    {
        var membership = Open(new Member(Guests.Key(1), "anna"));

        Assert.True(membership.IsRestricted);
        Assert.Equal("anna", membership.Find(Guests.Key(1))?.Name);
        Assert.Null(membership.Find(Guests.Key(2)));
    }

    [Fact]
    public void New_members_in_the_configuration_replace_the_old_ones_at_once()
    {
        var membership = Open(new Member(Guests.Key(1), "anna"));

        membership.SetAllowed([new Member(Guests.Key(2), "bob")]);

        Assert.Null(membership.Find(Guests.Key(1)));
        Assert.Equal("bob", membership.Find(Guests.Key(2))?.Name);
        membership.SetAllowed([]);
        Assert.False(membership.IsRestricted);
    }

    [Fact]
    public void An_empty_members_file_admits_nobody()
    {
        File.WriteAllText(MembersPath, "");

        Assert.True(Open().IsRestricted);
        Assert.Null(Open().Find(Guests.Key(1)));
    }

    [Fact]
    public void The_first_members_file_is_noticed_at_once_when_a_peer_wants_to_join()
    {
        var membership = Open();
        membership.NoticeFirstFile();
        Assert.False(membership.IsRestricted);
        var invitation = Invite("anna");

        membership.NoticeFirstFile();

        Assert.True(membership.IsRestricted);
        Assert.Equal(invitation, Assert.Single(membership.OpenInvitations));
    }

    [Fact]
    public void A_change_to_the_files_takes_effect_within_a_second()
    {
        var membership = Open();
        var invitation = Invite("anna");

        Assert.False(membership.IsRestricted);
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.True(membership.IsRestricted);
        Assert.Equal(invitation, Assert.Single(membership.OpenInvitations));

        File.AppendAllText(MembersPath, $"{Guests.Key(2)} bob\n");
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.Equal("bob", membership.Find(Guests.Key(2))?.Name);

        // The same length, within the same tick of the file system's clock.
        File.WriteAllText(MembersPath, File.ReadAllText(MembersPath).Replace("bob", "pat", StringComparison.Ordinal));
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.Equal("pat", membership.Find(Guests.Key(2))?.Name);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Using_an_invitation_makes_a_member_immediately_and_permanently()
    {
        var invitation = Invite("anna");
        var membership = Open();

        Assert.Equal(new Member(Guests.Key(1), "anna"), membership.Use(invitation, Guests.Key(1)));

        Assert.Equal("anna", membership.Find(Guests.Key(1))?.Name);
        Assert.Empty(membership.OpenInvitations);
        Assert.Null(membership.Use(invitation, Guests.Key(2)));
        Assert.Null(membership.Find(Guests.Key(2)));
        Assert.Equal("anna", Open().Find(Guests.Key(1))?.Name);
        Assert.Empty(Open().OpenInvitations);
        Assert.EndsWith($"\n{Guests.Key(1)} anna\n", File.ReadAllText(MembersPath), StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(InvitationsPath));
    }

    [Fact]
    public void A_member_does_not_use_up_an_invitation()
    {
        var (first, second) = (Invite("anna"), Invite("bob"));
        var membership = Open();
        membership.Use(first, Guests.Key(1));

        Assert.Equal("anna", membership.Use(second, Guests.Key(1))?.Name);
        Assert.Equal(second, Assert.Single(membership.OpenInvitations));
    }

    [Fact]
    public void An_invitation_without_a_name_names_the_member_after_its_key()
    {
        var membership = Open();

        Assert.Equal("guest-0101", membership.Use(Invite(""), Guests.Key(1))?.Name);
        File.AppendAllText(MembersPath, $"{Guests.Key(9)} guest-0202\n");
        Assert.Equal("guest-02020", membership.Use(Invite(""), Guests.Key(2))?.Name);
    }

    [Fact]
    public void If_another_member_has_the_name_by_now_the_name_ends_in_digits_of_the_key()
    {
        var membership = Open();
        var (invitation, longName) = (Invite("anna"), new string('n', NamedKey.MaxNameLength));
        var other = Invite(longName);
        File.AppendAllText(MembersPath, $"{Guests.Key(8)} Anna\n{Guests.Key(9)} {longName}\n");

        Assert.Equal("anna-0101", membership.Use(invitation, Guests.Key(1))?.Name);
        var renamed = membership.Use(other, Guests.Key(2))!.Name;
        Assert.EndsWith("n-0202", renamed, StringComparison.Ordinal);
        Assert.True(NamedKey.IsName(renamed), renamed);
    }

    [Fact]
    public void An_invitation_expires_and_disappears_with_the_next_change()
    {
        var invitation = Invite("anna", days: 7);
        var membership = Open();
        _clock.Pass(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.Single(membership.OpenInvitations);

        _clock.Pass(TimeSpan.FromSeconds(1));

        Assert.Empty(membership.OpenInvitations);
        Assert.Null(membership.Use(invitation, Guests.Key(1)));
        Assert.Contains(invitation.Code, File.ReadAllText(InvitationsPath), StringComparison.Ordinal);
        Invite("anna");
        Assert.DoesNotContain(invitation.Code, File.ReadAllText(InvitationsPath), StringComparison.Ordinal);
    }
}
