using System.Text.Json;
using TspActors.Configuration;
using TspActors.Tracker.Members;

namespace TspActors.Tracker.Tests.Members;

/// <summary>Checks the output and the exit codes of invite, members and remove.</summary>
public sealed class MemberCommandsSpecs : MemberCommandSpec
{
    [Theory]
    [InlineData("invite", "--days", "0")]
    [InlineData("invite", "--days", "366")]
    [InlineData("invite", "--days", "soon")]
    [InlineData("invite", "--name", "")]
    [InlineData("invite", "--name", "a\tb")]
    [InlineData("invite", "--name", "000102030405060708090a0b0c0d0e0f")]
    [InlineData("invite", "--address", "a b")]
    [InlineData("invite", "anna")]
    [InlineData("remove")]
    [InlineData("members", "anna")]
    public void Bad_arguments_cause_exit_code_2_and_change_nothing(params string[] arguments)
    {
        Assert.Equal(2, Run(arguments).Code);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void Members_prints_the_members_and_the_open_invitations()
    {
        Run("invite", "--name", "anna");
        Admit(1);
        Run("invite", "--name", "bob");
        Run("invite", "--days", "1");
        var label = Open().OpenInvitations[1].Label;
        _settings = _settings with { AllowedMembers = [new Member(Guests.Key(2), "carol"), new Member(Guests.Key(3), "")] };

        var (code, output, errors) = Run("members");

        Assert.Equal((0, ""), (code, errors));
        string[] lines =
        [
            $"{Guests.Key(1)}  anna",
            $"{Guests.Key(2)}  carol",
            $"{Guests.Key(3)}",
            "(invited until 2026-12-05 18:00 UTC)  bob",
            $"(invited until 2026-11-29 18:00 UTC)  {label}",
        ];
        Assert.Equal(string.Join(Environment.NewLine, lines), output.TrimEnd());
        _clock.Pass(TimeSpan.FromDays(2));
        Assert.DoesNotContain(label, Run("members").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_prints_JSON()
    {
        Run("invite", "--name", "anna \"the\" cat");
        Admit(1);

        using var json = JsonDocument.Parse(Run("members", "--json").Output);

        var member = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal($"{Guests.Key(1)}", member.GetProperty("key").GetString());
        Assert.Equal("anna \"the\" cat", member.GetProperty("name").GetString());
    }

    [Fact]
    public void Without_members_the_list_is_empty_and_a_note_says_that_everyone_may_join()
    {
        var (code, output, errors) = Run("members");

        Assert.Equal((0, ""), (code, output));
        Assert.Contains("not restricted", errors, StringComparison.Ordinal);
        Assert.Equal($"[]{Environment.NewLine}", Run("members", "--json").Output);
        Assert.Empty(_folder.GetFileSystemInfos());
    }

    [Fact]
    public void Remove_removes_a_member_by_name_or_key_and_keeps_the_tracker_restricted()
    {
        Run("invite", "--name", "anna");
        Admit(1);
        Run("invite", "--name", "bob");
        Admit(2);

        Assert.Equal(0, Run("remove", "ANNA").Code);
        Assert.Equal(0, Run("remove", $"{Guests.Key(2)}").Code);

        Assert.True(Open().IsRestricted);
        Assert.Null(Open().Find(Guests.Key(1)));
        Assert.Null(Open().Find(Guests.Key(2)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void Remove_without_a_name_removes_nobody(string nobody)
    {
        File.WriteAllText(MembersPath, $"{Guests.Key(1)}\n{Guests.Key(2)} bob\n");

        var (code, _, errors) = Run("remove", nobody);

        Assert.Equal(1, code);
        Assert.Contains("the name is empty", errors, StringComparison.Ordinal);
        Assert.NotNull(Open().Find(Guests.Key(1)));
    }

    [Fact]
    public void Remove_removes_an_open_invitation()
    {
        Run("invite", "--name", "anna");
        Run("invite");

        Assert.Equal(0, Run("remove", "anna").Code);
        Assert.Equal(0, Run("remove", Assert.Single(Open().OpenInvitations).Label).Code);

        Assert.Empty(Open().OpenInvitations);
    }

    [Fact]
    public void Remove_suggests_the_nearest_name_if_there_is_no_such_member()
    {
        Assert.Equal(1, Run("remove", "anna").Code);
        Run("invite", "--name", "anna");
        Admit(1);
        Run("invite", "--name", "bob");

        var (code, output, errors) = Run("remove", "ana");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("called ana; the nearest is anna", errors, StringComparison.Ordinal);
        Assert.Contains("the nearest is bob", Run("remove", "bop").Errors, StringComparison.Ordinal);
        Assert.NotNull(Open().Find(Guests.Key(1)));
        _settings = _settings with { AllowedMembers = [new Member(Guests.Key(9), "carol")] };
        Assert.Contains("tsp.tracker.allow", Run("remove", "carol").Errors, StringComparison.Ordinal);
        Assert.Contains("tsp.tracker.allow", Run("remove", $"{Guests.Key(9)}").Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invite")]
    [InlineData("members")]
    [InlineData("remove", "anna")]
    public void A_line_that_cannot_be_read_is_named_and_nothing_changes(params string[] arguments)
    {
        File.WriteAllText(MembersPath, $"{Guests.Key(1)} anna\nbob\n");

        var (code, output, errors) = Run(arguments);

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"error: {MembersPath}, line 2: ", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
        Assert.Equal($"{Guests.Key(1)} anna\nbob\n", File.ReadAllText(MembersPath));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "invitations")));
    }

    [Fact]
    public void Problems_in_the_configuration_cause_exit_code_2()
    {
        var problem = new SettingsProblem("file x.conf", "tsp.tracker.port is wrong", "write a port");

        var (code, _, errors) = Run(_ => throw new SettingsException([problem]), "members");

        Assert.Equal((2, $"error: {problem}{Environment.NewLine}"), (code, errors));
    }
}
