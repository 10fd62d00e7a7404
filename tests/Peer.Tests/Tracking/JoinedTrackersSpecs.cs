using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks the file with the trackers that a peer has joined.</summary>
public sealed class JoinedTrackersSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    private string FilePath => _folder.In("data", "joined");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_file_the_peer_has_joined_no_tracker()
    {
        Assert.Empty(Joined().Read());
        Assert.False(Directory.Exists(_folder.In("data")));
    }

    [Fact]
    public void The_newest_tracker_is_first_and_only_this_user_can_read_the_file()
    {
        Joined().Add(Tracker("a.example", 1));
        Joined().Add(Tracker("b.example", 2));

        Assert.Equal([Tracker("b.example", 2), Tracker("a.example", 1)], Joined().Read());
        Assert.Equal($"{Tracker("b.example", 2)}\n{Tracker("a.example", 1)}\n", File.ReadAllText(FilePath));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void A_tracker_that_has_moved_or_has_a_new_key_replaces_its_older_entry()
    {
        Joined().Add(Tracker("a.example", 1));
        Joined().Add(Tracker("b.example", 2));
        Joined().Add(Tracker("c.example", 1));
        Assert.Equal([Tracker("c.example", 1), Tracker("b.example", 2)], Joined().Read());

        Joined().Add(Tracker("B.example", 3));
        Assert.Equal([Tracker("B.example", 3), Tracker("c.example", 1)], Joined().Read());
    }

    [Fact]
    public void The_number_of_trackers_is_bounded()
    {
        for (byte number = 0; number < JoinedTrackers.Most + 5; number++)
            Joined().Add(Tracker($"t{number}.example", number));

        Assert.Equal(JoinedTrackers.Most, Joined().Read().Count);
        Assert.Equal(Tracker($"t{JoinedTrackers.Most + 4}.example", JoinedTrackers.Most + 4), Joined().Read()[0]);
    }

    [Fact]
    public void Lines_that_cannot_be_read_are_skipped()
    {
        Directory.CreateDirectory(_folder.In("data"));
        File.WriteAllText(FilePath, $"# mine\r\n  {Tracker("a.example", 1)}\r\na.example:7070\ntsps://x#00\n\n{Tracker("b.example", 2)}");

        Assert.Equal([Tracker("a.example", 1), Tracker("b.example", 2)], Joined().Read());
    }

    [Fact]
    public void A_tracker_with_an_IPv6_address_is_stored_with_brackets()
    {
        Joined().Add(Tracker("2001:db8::5", 1));

        Assert.StartsWith("tsps://[2001:db8::5]:7070#", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.Equal([Tracker("2001:db8::5", 1)], Joined().Read());
    }

    [Fact]
    public void A_file_that_cannot_be_read_or_written_is_an_error_that_names_it()
    {
        Directory.CreateDirectory(FilePath);
        Assert.Contains(FilePath, Assert.Throws<IOException>(() => Joined().Read()).Message, StringComparison.Ordinal);
        Assert.Contains(FilePath, Assert.Throws<IOException>(() => Joined().Add(Tracker("a.example", 1))).Message, StringComparison.Ordinal);
        Directory.Delete(FilePath);

        File.WriteAllText(FilePath, new string('\n', 100_000));
        Assert.Contains("64 KiB", Assert.Throws<IOException>(() => Joined().Read()).Message, StringComparison.Ordinal);
        File.Delete(FilePath);

        // A folder where the temporary file would be.
        Directory.CreateDirectory(Path.Combine(FilePath + ".new", "occupied"));
        Assert.Contains(FilePath, Assert.Throws<IOException>(() => Joined().Add(Tracker("a.example", 1))).Message, StringComparison.Ordinal);
    }

    private JoinedTrackers Joined() => new(FilePath);

    private static PinnedTracker Tracker(string host, int key)
    {
        var bytes = new byte[KeyId.Size];
        bytes[0] = (byte)key;
        return new PinnedTracker(host, 7070, new KeyId(bytes));
    }
}
