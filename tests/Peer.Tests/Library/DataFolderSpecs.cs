using TspActors.Configuration.DataFolders;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Library;

/// <summary>Checks the folder where a peer keeps its key and other data.</summary>
public sealed class DataFolderSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_of_a_newer_program_is_refused_and_nothing_is_created_in_it()
    {
        Directory.CreateDirectory(_folder.Path);
        File.WriteAllText(_folder.In("version"), "2 tsp-peer 9.0.0\n");

        var error = Assert.Throws<FolderFormatException>(() => DataFolder.Open(_folder.Path));

        Assert.Contains("tsp-peer 9.0.0", error.Message, StringComparison.Ordinal);
        Assert.Equal([_folder.In("version")], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void The_peer_id_stays_the_same_across_runs()
    {
        var path = _folder.In("a", "b");
        var first = Peer(path);

        Assert.Equal(first, Peer(path));
        Assert.NotEqual(first, Peer(_folder.In("other")));
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef\n", true)]
    [InlineData("", false)]
    [InlineData("not an id", false)]
    public void A_peer_that_had_no_key_changes_its_id_once(string former, bool isReported)
    {
        File.WriteAllText(_folder.In("peer-id"), former);

        using (var first = DataFolder.Open(_folder.Path))
        {
            Assert.Equal(isReported, first.FormerPeer is not null);
            Assert.Equal(first.Identity.KeyId.ToPeerId(), first.Peer);
        }

        using var second = DataFolder.Open(_folder.Path);
        Assert.Null(second.FormerPeer);
    }

    [Fact]
    public void A_key_that_other_users_can_read_is_refused_and_not_made_private()
    {
        if (OperatingSystem.IsWindows())
            return; // the file inherits its permissions
        Peer(_folder.Path);
        var open = Private600 | UnixFileMode.GroupRead;
        File.SetUnixFileMode(_folder.In("key.pem"), open);

        var error = Assert.ThrowsAny<IOException>(() => DataFolder.Open(_folder.Path));

        Assert.Contains($"chmod 600 {_folder.In("key.pem")}", error.Message, StringComparison.Ordinal);
        Assert.Equal(open, File.GetUnixFileMode(_folder.In("key.pem")));
        File.SetUnixFileMode(_folder.In("key.pem"), Private600);
        Peer(_folder.Path);
    }

    [Fact]
    public void A_second_peer_fails_because_the_folder_is_in_use()
    {
        using var first = DataFolder.Open(_folder.Path);

        var error = Assert.Throws<IOException>(() => DataFolder.Open(_folder.Path));

        Assert.Contains("in use by another peer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_folder_is_free_once_the_first_peer_has_ended()
    {
        DataFolder.Open(_folder.Path).Dispose();

        DataFolder.Open(_folder.Path).Dispose();
    }

    [Fact]
    public void The_error_for_a_file_in_place_of_the_folder_names_the_file_and_the_option_to_set()
    {
        File.WriteAllText(_folder.In("file"), "");

        var error = Assert.Throws<IOException>(() => DataFolder.Open(_folder.In("file")));

        Assert.Contains(_folder.In("file"), error.Message, StringComparison.Ordinal);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_place_of_the_key_is_reported_and_no_lock_is_left()
    {
        Directory.CreateDirectory(_folder.In("key.pem"));

        var error = Assert.ThrowsAny<IOException>(() => DataFolder.Open(_folder.Path));

        Assert.Contains(_folder.In("key.pem"), error.Message, StringComparison.Ordinal);
        Directory.Delete(_folder.In("key.pem"));
        DataFolder.Open(_folder.Path).Dispose();
    }

    [NeedsFileFact("/proc/self")]
    public void A_folder_in_which_no_file_can_be_created_is_not_reported_as_in_use()
    {
        var error = Assert.Throws<IOException>(() => DataFolder.Open("/proc/self"));

        Assert.DoesNotContain("in use", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    // Not even the superuser may create a file in this folder.
    [NeedsFileFact("/sys/kernel")]
    public void The_error_for_a_folder_without_write_permission_says_so()
    {
        var error = Assert.Throws<IOException>(() => DataFolder.Open("/sys/kernel"));

        Assert.Contains("permission", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_user_can_access_the_folder_and_its_files()
    {
        if (OperatingSystem.IsWindows())
            return; // the folder inherits its permissions
        Peer(_folder.In("a"));

        Assert.Equal(Private700, File.GetUnixFileMode(_folder.In("a")));
        foreach (var name in new[] { "lock", "key.pem" })
            Assert.Equal(Private600, File.GetUnixFileMode(_folder.In("a", name)));
    }

    [Fact]
    public void An_existing_folder_and_its_files_are_made_private()
    {
        if (OperatingSystem.IsWindows())
            return; // the folder inherits its permissions
        string[] names = ["lock", "resume-secrets", "library.db", "library.db-wal", "library.db.damaged-1", "history"];
        foreach (var name in names)
        {
            File.WriteAllText(_folder.In(name), "");
            File.SetUnixFileMode(_folder.In(name), Private600 | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        File.SetUnixFileMode(_folder.Path, Private700 | UnixFileMode.GroupRead | UnixFileMode.OtherExecute);
        Peer(_folder.Path);

        Assert.Equal(Private700, File.GetUnixFileMode(_folder.Path));
        foreach (var name in names)
            Assert.Equal(Private600, File.GetUnixFileMode(_folder.In(name)));
    }

    [Fact]
    public void The_permissions_of_a_folder_with_other_files_and_of_those_files_are_unchanged()
    {
        if (OperatingSystem.IsWindows())
            return; // the folder inherits its permissions
        var open = Private700 | UnixFileMode.GroupRead | UnixFileMode.OtherExecute;
        File.WriteAllText(_folder.In("lockers.txt"), "");
        File.SetUnixFileMode(_folder.In("lockers.txt"), open);
        File.SetUnixFileMode(_folder.Path, open);
        Peer(_folder.Path);

        Assert.Equal((open, open), (File.GetUnixFileMode(_folder.Path), File.GetUnixFileMode(_folder.In("lockers.txt"))));
        Assert.Equal(Private600, File.GetUnixFileMode(_folder.In("key.pem")));
    }

    private const UnixFileMode Private600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Private700 = Private600 | UnixFileMode.UserExecute;

    private static Protocol.PeerId Peer(string path)
    {
        using var data = DataFolder.Open(path);
        return data.Peer;
    }
}
