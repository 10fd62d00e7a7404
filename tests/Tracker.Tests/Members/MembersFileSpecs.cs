using FsCheck;
using FsCheck.Xunit;
using TspActors.Protocol;
using TspActors.Tracker.Members;

namespace TspActors.Tracker.Tests.Members;

/// <summary>Checks how the files of members and invitations are read and written.</summary>
public sealed class MembersFileSpecs
{
    private const string Code = "abcdefghijkmnpqrstuvwxyz23";
    private const string OtherCode = "32zyxwvutsrqpnmkjihgfedcba";

    private static readonly string One = $"{Guests.Key(1)}";
    private static readonly string Two = $"{Guests.Key(2)}";

    [Fact]
    public void A_members_file_has_one_member_on_each_line()
    {
        var read = MembersFile.Read("members", $"# friends\r\n\r\n{One} anna\r\n  {Two.ToUpperInvariant()}\t  bob  the   builder \n\n");

        Assert.Equal([new Member(Guests.Key(1), "anna"), new Member(Guests.Key(2), "bob  the   builder")], read.Entries);
        Assert.Empty(read.Faults);
    }

    [Fact]
    public void A_member_needs_no_name()
    {
        var read = MembersFile.Read("members", $"{One}\n{Two}");

        Assert.Equal([new Member(Guests.Key(1), ""), new Member(Guests.Key(2), "")], read.Entries);
        Assert.Equal($"{One}\n{Two}\n", read.ToString());
    }

    [Fact]
    public void Comments_blank_lines_and_unreadable_lines_stay_where_they_are()
    {
        var read = MembersFile.Read("members", $"# friends\n{One} anna\n\nwhat is this?\n# end");

        var changed = read.Add(new Member(Guests.Key(2), "bob")).RemoveAll(member => member.Name == "anna");

        Assert.Equal($"# friends\n\nwhat is this?\n# end\n{Two} bob\n", changed.ToString());
        Assert.Equal([new Member(Guests.Key(2), "bob")], changed.Entries);
        Assert.Equal(read.Faults, changed.Faults);
    }

    [Fact]
    public void Removing_nothing_returns_the_same_object()
    {
        var read = MembersFile.Read("members", $"{One} anna\n");

        Assert.Same(read, read.RemoveAll(member => member.Name == "bob"));
    }

    [Theory]
    [InlineData("0001 anna", "KEYID NAME")]
    [InlineData("anna", "KEYID NAME")]
    [InlineData("anna 02020202020202020202020202020202", "KEYID NAME")]
    [InlineData("02020202020202020202020202020202 a\u200bb", "KEYID NAME")]
    [InlineData("02020202020202020202020202020202 03030303030303030303030303030303", "KEYID NAME")]
    [InlineData("0101010101010101010101010101010 ", "KEYID NAME")]
    [InlineData("01010101010101010101010101010101 other", "line 2 has the same key id")]
    [InlineData("02020202020202020202020202020202 Anna", "line 2 has the same name")]
    public void A_line_with_a_fault_is_left_out_and_named(string line, string fault)
    {
        var read = MembersFile.Read("/srv/members", $"# friends\n{One} anna\n{line}\n");

        Assert.Equal([new Member(Guests.Key(1), "anna")], read.Entries);
        var message = Assert.Single(read.Faults);
        Assert.StartsWith("/srv/members, line 3: ", message, StringComparison.Ordinal);
        Assert.Contains(fault, message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_members_is_bounded_and_so_is_the_number_of_messages()
    {
        var lines = Enumerable.Range(0, MembersFile.MaxMembers + 100).Select(number => $"{number:x32} member {number}\n");

        var read = MembersFile.Read("members", string.Concat(lines));

        Assert.Equal(MembersFile.MaxMembers, read.Entries.Count);
        Assert.InRange(read.Faults.Count, 1, 99);
    }

    [Fact]
    public void A_new_file_explains_itself()
    {
        Assert.Empty(MembersFile.Empty.Entries);
        Assert.Empty(MembersFile.Empty.Faults);
        Assert.StartsWith("# ", MembersFile.Empty.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_invitation_has_a_code_a_time_and_perhaps_a_name()
    {
        var text = $"{Code} 2026-12-05T18:00:01Z\n{OtherCode} 2026-12-05T18:00:02Z anna b.\n";

        var read = InvitationsFile.Read("invitations", text);

        Assert.Equal(
            [
                new Invitation(Code, new DateTimeOffset(2026, 12, 5, 18, 0, 1, TimeSpan.Zero), ""),
                new Invitation(OtherCode, new DateTimeOffset(2026, 12, 5, 18, 0, 2, TimeSpan.Zero), "anna b."),
            ],
            read.Entries);
        Assert.Equal(["code-abcd", "anna b."], read.Entries.Select(invitation => invitation.Label));
        Assert.Equal(text, read.RemoveAll(_ => false).ToString());
        Assert.DoesNotContain(read.Entries, invitation => invitation.ToString().Contains(invitation.Code, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("abcd 2026-12-05T18:00:01Z anna")]
    [InlineData("32zyxwvutsrqpnmkjihgfedcba")]
    [InlineData("32zyxwvutsrqpnmkjihgfedcba 2026-12-05 anna")]
    [InlineData("32zyxwvutsrqpnmkjihgfedcba 2026-12-05T18:00:01+02:00 anna")]
    [InlineData("32zyxwvutsrqpnmkjihgfedcba 2026-13-05T18:00:01Z anna")]
    [InlineData("abcdefghijkmnpqrstuvwxyz23 2026-12-05T18:00:01Z bob")]
    [InlineData("32zyxwvutsrqpnmkjihgfedcba 2026-12-05T18:00:01Z ANNA")]
    public void An_invitation_with_a_fault_is_left_out_and_its_code_is_not_repeated(string line)
    {
        var read = InvitationsFile.Read("invitations", $"{Code} 2026-12-05T18:00:01Z anna\n{line}\n");

        Assert.Equal("anna", Assert.Single(read.Entries).Name);
        var message = Assert.Single(read.Faults);
        Assert.StartsWith("invitations, line 2: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain(OtherCode, message, StringComparison.Ordinal);
    }

    [Property]
    public void Any_text_is_read_and_a_rewritten_file_has_the_same_members(NonNull<string> text, bool first)
    {
        var read = MembersFile.Read("members", first ? $"{One} {text.Get}\n{Two} b" : $"{Two} b\n{text.Get}");

        var again = MembersFile.Read("members", read.ToString());

        Assert.Equal(read.Entries, again.Entries);
        Assert.All(read.Faults, fault => Assert.DoesNotContain('\n', fault));
    }
}
