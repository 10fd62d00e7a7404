using TspActors.Protocol;

namespace TspActors.Tracker.Members;

/// <summary>Decides who may register with a running tracker: the members in its configuration or its folder, and invited peers.</summary>
/// <remarks>
/// Thread-safe. A change to the files takes effect within a second. Unreadable lines and files are reported once. An unreadable line is
/// ignored, and an unreadable file leaves the previous lists in effect: a mistake in a file must neither admit strangers nor lock out
/// everyone. If there was no file before, an unreadable one restricts the tracker to the members in its configuration.
/// </remarks>
internal sealed class Membership
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    // Two changes within one tick of the file system's clock leave the same stamp. The coarsest clocks tick every 2 s.
    private static readonly TimeSpan CoarsestTick = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly MemberFolder _folder;
    private volatile IReadOnlyList<Member> _allowed;
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private readonly HashSet<string> _warned = [];
    private volatile Snapshot _snapshot;
    private FolderStamp? _stamp;
    private bool _wasMissing;
    private long _checkedAt;

    private Membership(string folder, IReadOnlyList<Member> allowed, TimeProvider time, Action<string> warn)
    {
        (_folder, _allowed, _time, _warn) = (new MemberFolder(folder), allowed, time, warn);
        _snapshot = Read(_folder.ReadStamp());
        _checkedAt = time.GetTimestamp();
    }

    /// <summary>Whether only members may register. Otherwise, everyone may.</summary>
    public bool IsRestricted => _allowed.Count > 0 || Refresh().HasFile;

    /// <summary>
    /// Checks now whether the first members' file has been created. Otherwise, for up to a second, the tracker would still admit everyone,
    /// and a peer that presents the first invitation would seem to have joined.
    /// </summary>
    public void NoticeFirstFile()
    {
        if (_snapshot.HasFile || !_folder.HasMembers)
            return;
        lock (_gate)
            Check();
    }

    /// <summary>The invitations that can be used now.</summary>
    public IReadOnlyList<Invitation> OpenInvitations
    {
        get
        {
            var all = Refresh().Invitations;
            var now = _time.GetUtcNow();
            return all.Count == 0 ? all : [.. all.Where(invitation => invitation.Expires > now)];
        }
    }

    /// <summary>Returns whether a tracker with these settings can have members, who prove their identity with their keys.</summary>
    public static bool CanHaveMembers(TrackerSettings settings) =>
        settings.Encryption != TrackerEncryption.Off && (settings.DataFolder ?? settings.KeyFolder) is not null;

    /// <summary>Returns who may register with a tracker; null if everyone may, because the tracker has no folder or no TLS.</summary>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="warn">Receives messages that an operator must see, each only once.</param>
    /// <exception cref="IOException">A file cannot be read, or there are members but they cannot prove their identity. The message says why
    ///   and what to do.</exception>
    public static Membership? For(TrackerSettings settings, Action<string> warn)
    {
        var folder = settings.DataFolder ?? settings.KeyFolder;
        var isEncrypted = settings.Encryption != TrackerEncryption.Off;
        var members = folder is null ? null : Open(folder, settings.AllowedMembers, TimeProvider.System, warn);
        // A tracker that silently admitted everyone would be worse than one that does not start.
        if (!isEncrypted && members is { IsRestricted: true })
            throw new IOException($"this tracker admits members only ({folder}), and without TLS they cannot prove who they are; set tsp.tracker.encryption to accept or require, or move the members' file aside");
        if (members is null && settings.AllowedMembers.Count > 0)
            throw new IOException("tsp.tracker.allow needs a folder for the tracker's key; choose one with --data");
        return isEncrypted ? members : null;
    }

    /// <summary>Reads a tracker's files.</summary>
    /// <param name="folder">The tracker's folder. Nothing is created in it.</param>
    /// <param name="allowed">The members in the configuration.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Receives messages that an operator must see, each only once.</param>
    /// <exception cref="IOException">A file cannot be read; the message says why.</exception>
    public static Membership Open(string folder, IReadOnlyList<Member> allowed, TimeProvider time, Action<string> warn) =>
        new(folder, allowed, time, warn);

    /// <summary>Replaces the members in the configuration. Peers that are connected stay connected.</summary>
    public void SetAllowed(IReadOnlyList<Member> allowed)
    {
        lock (_gate)
        {
            _allowed = allowed;
            _stamp = null;
            Check();
        }
    }

    /// <summary>Returns the member with a key; null if there is none.</summary>
    public Member? Find(KeyId key) => Refresh().Members.GetValueOrDefault(key);

    /// <summary>Makes a peer a member and removes the invitation that it used. May wait while other programs change the files.</summary>
    /// <returns>The member; null if the invitation is no longer open, for example because another peer has just used it.</returns>
    /// <exception cref="IOException">The files cannot be read or written. Nothing has changed.</exception>
    public Member? Use(Invitation invitation, KeyId key)
    {
        try
        {
            return _folder.Change(lists => lists.Admit(invitation.Code, key, _allowed, _time.GetUtcNow()));
        }
        catch (MembershipException error)
        {
            throw new IOException(error.Message, error);
        }
        finally
        {
            // The lists are read again now, because the peer may send its next request immediately.
            lock (_gate)
            {
                _stamp = null;
                Check();
            }
        }
    }

    private Snapshot Refresh()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _checkedAt)) < CheckInterval)
            return _snapshot;
        lock (_gate)
        {
            if (_time.GetElapsedTime(_checkedAt) >= CheckInterval)
            {
                Check();
                Volatile.Write(ref _checkedAt, _time.GetTimestamp());
            }
        }

        return _snapshot;
    }

    private void Check()
    {
        var stamp = _folder.ReadStamp();
        var isMissing = _snapshot.HasFile && !stamp.Members.IsThere;
        // Some editors move the old file aside before they write the new one. Only a file that stays missing opens the tracker to everyone.
        var mayReturn = isMissing && !_wasMissing;
        _wasMissing = isMissing;
        if (stamp == _stamp || mayReturn)
            return;
        try
        {
            _snapshot = Read(stamp);
        }
        catch (IOException error)
        {
            // The first members' file restricts the tracker, even if it cannot be read.
            if (stamp.Members.IsThere)
                _snapshot = _snapshot with { HasFile = true };
            _stamp = null;
            var left = _snapshot.HasFile ? "only the members and invitations that were read earlier are" : "no invitation is";
            Warn($"{left} in effect: {error.Message}");
        }
    }

    private Snapshot Read(FolderStamp stamp)
    {
        var lists = _folder.Read();
        var faults = lists.Faults;
        if (faults.Count == 0)
            _warned.Clear();
        foreach (var fault in faults)
            Warn($"ignoring a line: {fault}");
        _stamp = stamp.IsOlderThan(DateTime.UtcNow - CoarsestTick) ? stamp : null;
        var members = _allowed.ToDictionary(member => member.Key);
        foreach (var member in lists.All)
            members[member.Key] = member;
        return new Snapshot(lists.Members is not null, members, lists.Invitations.Entries);
    }

    private void Warn(string text)
    {
        if (_warned.Add(text))
            _warn(text);
    }

    private sealed record Snapshot(bool HasFile, Dictionary<KeyId, Member> Members, IReadOnlyList<Invitation> Invitations);
}
