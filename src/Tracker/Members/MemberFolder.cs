namespace TspActors.Tracker.Members;

/// <summary>The members' file and the invitations file in a tracker's folder.</summary>
/// <remarks>Thread-safe. Several programs may change the files at the same time: the tracker, and the commands for its owner.</remarks>
internal sealed class MemberFolder
{
    private readonly string _folder;
    private readonly string _members;
    private readonly string _invitations;

    /// <param name="folder">The tracker's folder.</param>
    public MemberFolder(string folder)
    {
        _folder = folder;
        _members = Path.Combine(folder, MembersFile.Name);
        _invitations = Path.Combine(folder, InvitationsFile.Name);
    }

    /// <summary>Whether there is anything at the path of the members' file.</summary>
    public bool HasMembers => Path.Exists(_members);

    /// <summary>Reads the stamps of both files.</summary>
    public FolderStamp ReadStamp() => new(FileStamp.Read(_members), FileStamp.Read(_invitations));

    /// <summary>Reads both files.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public MemberLists Read() => new(
        PrivateText.Read(_members) is { } members ? MembersFile.Read(_members, members) : null,
        InvitationsFile.Read(_invitations, PrivateText.Read(_invitations) ?? ""));

    /// <summary>
    /// Reads both files, changes their contents, and writes the files whose contents have changed. No other program can change them in
    /// between.
    /// </summary>
    /// <param name="change">Returns the new contents and a result. If it throws, nothing changes.</param>
    /// <exception cref="IOException">The files cannot be read or written. Nothing has changed.</exception>
    public T Change<T>(Func<MemberLists, (MemberLists Changed, T Result)> change)
    {
        using var held = FolderLock.Acquire(_folder);
        var before = Read();
        var (after, result) = change(before);
        using var invitations = Stage(_invitations, before.Invitations, after.Invitations);
        using var members = Stage(_members, before.Members, after.Members);
        // In this order, a crash in between may cost an invitation, but no invitation can be used twice.
        invitations?.Commit();
        members?.Commit();
        return result;
    }

    private static StagedFile? Stage(string path, object? before, object? after) =>
        ReferenceEquals(before, after) ? null : StagedFile.Write(path, $"{after}");
}
