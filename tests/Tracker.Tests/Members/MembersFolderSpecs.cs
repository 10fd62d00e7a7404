using TspActors.Tracker.Members;

namespace TspActors.Tracker.Tests.Members;

/// <summary>Checks what happens to members while their files are damaged, replaced, or written by several programs at once.</summary>
public sealed class MembersFolderSpecs : MembershipSpec
{
    [Fact]
    public async Task Of_many_peers_that_use_one_invitation_at_once_exactly_one_becomes_a_member()
    {
        var invitation = Invite("anna");
        Membership[] trackers = [Open(), Open()];

        var members = await Task.WhenAll(Enumerable.Range(1, 16).Select(
            number => Task.Run(() => trackers[number % 2].Use(invitation, Guests.Key((byte)number)))));

        var member = Assert.Single(members, member => member is not null)!;
        Assert.Equal(member, Assert.Single(new MemberFolder(_folder.FullName).Read().All));
    }

    [Fact]
    public async Task Programs_that_change_the_files_at_once_lose_nothing()
    {
        var invitations = Enumerable.Range(1, 12).Select(number => Invite($"friend {number}")).ToList();
        Membership[] trackers = [Open(), Open(), Open()];

        await Task.WhenAll(invitations.Index().Select(entry => Task.Run(() =>
        {
            Invite($"another {entry.Index}");
            Assert.NotNull(trackers[entry.Index % 3].Use(entry.Item, Guests.Key((byte)(entry.Index + 1))));
        })));

        var lists = new MemberFolder(_folder.FullName).Read();
        Assert.Equal(invitations.Select(invitation => invitation.Name).Order(), lists.All.Select(member => member.Name).Order());
        Assert.Equal(12, lists.Invitations.Entries.Count);
        Assert.Empty(lists.Faults);
        Assert.All(trackers, tracker => Assert.True(tracker.IsRestricted));
    }

    [Fact]
    public async Task A_change_waits_for_another_program_that_changes_the_files()
    {
        var (invitation, membership) = (Invite("anna"), Open());
        Task<Member?> use;
        using (FolderLock.Acquire(_folder.FullName))
        {
            use = Task.Run(() => membership.Use(invitation, Guests.Key(1)));
            Assert.False(use.IsCompleted);
        }

        Assert.NotNull(await use);
    }

    [Fact]
    public void A_line_that_cannot_be_read_is_reported_once_left_out_and_kept()
    {
        var invitation = Invite("anna");
        File.WriteAllText(MembersPath, $"# friends\nbob {Guests.Key(2)}\n{Guests.Key(3)} carol\n");
        var membership = Open();

        Assert.Equal("carol", membership.Find(Guests.Key(3))?.Name);
        Assert.Null(membership.Find(Guests.Key(2)));
        membership.Use(invitation, Guests.Key(1));
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.Equal("anna", membership.Find(Guests.Key(1))?.Name);

        Assert.Contains($"{MembersPath}, line 2: ", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Equal(
            $"# friends\nbob {Guests.Key(2)}\n{Guests.Key(3)} carol\n{Guests.Key(1)} anna\n", File.ReadAllText(MembersPath));
    }

    [Fact]
    public void A_file_that_cannot_be_read_stops_the_start_but_leaves_a_running_tracker_as_it_is()
    {
        File.WriteAllText(MembersPath, $"{Guests.Key(1)} anna\n");
        var membership = Open();
        using (var file = File.OpenWrite(MembersPath))
            file.SetLength(PrivateText.MaxBytes + 1);

        Assert.Contains(MembersPath, Assert.Throws<IOException>(() => Open()).Message, StringComparison.Ordinal);
        for (var second = 0; second < 3; second++)
        {
            _clock.Pass(ALittleMoreThanOneSecond);
            Assert.Equal("anna", membership.Find(Guests.Key(1))?.Name);
        }

        Assert.Contains("4 MiB", Assert.Single(_warnings), StringComparison.Ordinal);
        File.WriteAllBytes(MembersPath, [0xff, 0xfe, 0x80]);
        Assert.Contains("UTF-8", Assert.Throws<IOException>(() => Open()).Message, StringComparison.Ordinal);
        File.Delete(MembersPath);
        Directory.CreateDirectory(MembersPath);
        Assert.Contains(MembersPath, Assert.Throws<IOException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_members_file_restricts_a_running_tracker_even_if_it_cannot_be_read()
    {
        var membership = Open(new Member(Guests.Key(1), "anna"));
        var open = Open();
        Assert.False(open.IsRestricted);

        Directory.CreateDirectory(MembersPath);

        for (var second = 0; second < 3; second++)
        {
            _clock.Pass(ALittleMoreThanOneSecond);
            Assert.True(open.IsRestricted);
            Assert.Equal("anna", membership.Find(Guests.Key(1))?.Name);
        }

        Assert.Contains(MembersPath, Assert.Single(_warnings.Distinct()), StringComparison.Ordinal);
        // An editor may be about to write the file, so it must stay missing for a while.
        Directory.Delete(MembersPath);
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.True(open.IsRestricted);
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.False(open.IsRestricted);
    }

    [Fact]
    public void Files_that_root_creates_in_the_folder_of_another_user_belong_to_that_user()
    {
        if (!AnotherUser.CanOwn)
            return;
        AnotherUser.Own(_folder.FullName);

        Invite("anna");

        Assert.Equal(["invitations", "members", "members.lock"], _folder.GetFiles().Select(file => file.Name).Order());
        Assert.All(_folder.GetFiles(), file => Assert.True(AnotherUser.Owns(file.FullName), file.Name));
    }

    [Fact]
    public void If_the_new_member_cannot_be_written_the_invitation_stays_open()
    {
        var (invitation, membership) = (Invite("anna"), Open());
        var before = (File.ReadAllText(MembersPath), File.ReadAllText(InvitationsPath));
        // A folder takes the place of the temporary file.
        Directory.CreateDirectory(Path.Combine(MembersPath + ".new", "occupied"));

        var error = Assert.Throws<IOException>(() => membership.Use(invitation, Guests.Key(1)));

        Assert.Contains(MembersPath, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, (File.ReadAllText(MembersPath), File.ReadAllText(InvitationsPath)));
        Assert.False(File.Exists(InvitationsPath + ".new"));
        Assert.Null(membership.Find(Guests.Key(1)));
        Directory.Delete(MembersPath + ".new", recursive: true);
        Assert.NotNull(membership.Use(invitation, Guests.Key(1)));
    }

    [Fact]
    public void Deleting_the_members_file_opens_the_tracker_but_not_while_an_editor_replaces_it()
    {
        File.WriteAllText(MembersPath, $"{Guests.Key(1)} anna\n");
        var membership = Open();

        File.Move(MembersPath, MembersPath + "~");
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.True(membership.IsRestricted);
        File.WriteAllText(MembersPath, $"{Guests.Key(2)} bob\n");
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.NotNull(membership.Find(Guests.Key(2)));
        Assert.Null(membership.Find(Guests.Key(1)));

        File.Delete(MembersPath);
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.True(membership.IsRestricted);
        _clock.Pass(ALittleMoreThanOneSecond);
        Assert.False(membership.IsRestricted);
    }

    [Fact]
    public void Only_this_user_can_read_the_files()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllText(MembersPath, "");
        File.SetUnixFileMode(MembersPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Open().Use(Invite("anna"), Guests.Key(1));

        Assert.Equal(["invitations", "members", "members.lock"], _folder.GetFiles().Select(file => file.Name).Order());
        foreach (var file in _folder.GetFiles())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file.FullName));
    }

    [Fact]
    public void The_folder_is_created_for_this_user_alone()
    {
        var path = Path.Combine(_folder.FullName, "a", "b");

        new MemberFolder(path).Change(lists => lists.Invite("anna", _clock.GetUtcNow().AddDays(1), [], _clock.GetUtcNow()));

        Assert.Single(new MemberFolder(path).Read().Invitations.Entries);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
    }
}
