using TspActors.Protocol;

namespace TspActors.Tracker.Members;

/// <summary>A tracker's members and invitations at one moment, with operations that return changed copies. Immutable.</summary>
/// <param name="Members">The contents of the members' file; null = there is no file, so the tracker is not restricted.</param>
/// <param name="Invitations">The contents of the invitations file, including invitations that have expired since it was written.</param>
internal sealed record MemberLists(EntryLines<Member>? Members, EntryLines<Invitation> Invitations)
{
    /// <summary>The members in the file.</summary>
    public IReadOnlyList<Member> All => Members?.Entries ?? [];

    /// <summary>Error messages about the lines that cannot be read.</summary>
    public IReadOnlyList<string> Faults => [.. Members?.Faults ?? [], .. Invitations.Faults];

    /// <summary>Returns this object if every line can be read. A command must not guess what an unreadable line means.</summary>
    /// <exception cref="MembershipException">There is a line that cannot be read.</exception>
    public MemberLists RequireReadable() => Faults is [var fault, ..] ? throw new MembershipException(fault) : this;

    /// <summary>Adds an invitation, and drops those that have expired.</summary>
    /// <param name="name">The name of the future member; empty = none.</param>
    /// <param name="expires">When the invitation expires.</param>
    /// <param name="allowed">The members in the configuration, whose names are also taken.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="MembershipException">The name is taken, or there are too many invitations.</exception>
    public (MemberLists Changed, Invitation Result) Invite(
        string name, DateTimeOffset expires, IReadOnlyList<Member> allowed, DateTimeOffset now)
    {
        var open = Invitations.RemoveAll(invitation => invitation.Expires <= now);
        if (name.Length > 0 && All.Concat(allowed).Any(member => IsSame(member.Name, name)))
            throw new MembershipException($"there is already a member called {name}; choose another name with --name");
        if (open.Entries.Any(invitation => IsSame(invitation.Label, name)))
            throw new MembershipException(
                $"there is already an open invitation for {name}; choose another name with --name, or remove it: tracker remove '{name}'");
        if (open.Entries.Count >= InvitationsFile.MaxOpen)
            throw new MembershipException(
                $"there are {InvitationsFile.MaxOpen} open invitations, which is the maximum; remove some with 'tracker remove', or wait until they expire");
        var added = new Invitation(InvitationCode.NewRandom(), expires, name);
        return (new MemberLists(Members ?? MembersFile.Empty, open.Add(added)), added);
    }

    /// <summary>Turns an invitation into a member, and drops the invitations that have expired.</summary>
    /// <param name="code">The code of the invitation.</param>
    /// <param name="key">The key of the peer that used the invitation. If that peer is already a member, the invitation stays open.</param>
    /// <param name="allowed">The members in the configuration, whose names are also taken.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The member as the result; null if the invitation is no longer open.</returns>
    /// <exception cref="MembershipException">There are too many members.</exception>
    public (MemberLists Changed, Member? Result) Admit(
        string code, KeyId key, IReadOnlyList<Member> allowed, DateTimeOffset now)
    {
        if (All.FirstOrDefault(member => member.Key == key) is { } known)
            return (this, known);
        var open = Invitations.RemoveAll(invitation => invitation.Expires <= now);
        if (open.Entries.FirstOrDefault(invitation => invitation.Code == code) is not { } used)
            return (this, null);
        if (All.Count >= MembersFile.MaxMembers)
            throw new MembershipException($"there are {MembersFile.MaxMembers} members, which is the maximum");
        var taken = All.Concat(allowed).Select(member => member.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        taken.UnionWith(open.Entries.Where(invitation => invitation != used).Select(invitation => invitation.Name));
        var admitted = new Member(key, MemberName.Choose(used.Name, key, taken));
        return (new MemberLists((Members ?? MembersFile.Empty).Add(admitted), open.RemoveAll(invitation => invitation == used)), admitted);
    }

    /// <summary>Removes a member or, if there is none, an open invitation.</summary>
    /// <param name="nameOrKey">The member's name or key id, or the label of the invitation.</param>
    /// <param name="now">The current time.</param>
    /// <returns>A description of the removed member or invitation, as the result; null if there is neither.</returns>
    /// <exception cref="MembershipException">The name is empty.</exception>
    public (MemberLists Changed, string? Result) Remove(string nameOrKey, DateTimeOffset now)
    {
        // A script whose variable is not set must not remove the first member that has no name.
        if (string.IsNullOrWhiteSpace(nameOrKey))
            throw new MembershipException("the name is empty; write the name or the key id of the member, or the name of the invitation");
        var isKey = KeyId.TryParse(nameOrKey, out var key);
        if (All.FirstOrDefault(member => isKey ? member.Key == key : IsSame(member.Name, nameOrKey)) is { } member)
            return (this with { Members = Members!.RemoveAll(other => other == member) }, $"the member {member.Name} ({member.Key})");
        var open = Invitations.RemoveAll(invitation => invitation.Expires <= now);
        if (open.Entries.FirstOrDefault(invitation => IsSame(invitation.Label, nameOrKey)) is { } found)
            return (this with { Invitations = open.RemoveAll(invitation => invitation == found) }, found.ToString());
        return (this, null);
    }

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
