using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

public sealed class TrackerKeysSpecs : IDisposable
{
    private static readonly TrackerAddress Tracker = new("Tracker.example", 7070);

    private readonly TempFolder _folder = new();
    private readonly List<string> _warnings = [];

    private string Path => _folder.In("data", TrackerKeys.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_key_of_a_tracker_also_counts_for_other_peers_and_after_a_restart()
    {
        var (first, second) = (NewKey(), NewKey());
        Keys().Remember(Tracker, first);
        Keys().Remember(Tracker, second);

        Assert.Equal(first, Keys().Find(new TrackerAddress("tracker.EXAMPLE", 7070)));
        Assert.Null(Keys().Find(new TrackerAddress("tracker.example", 7071)));
        Assert.Single(File.ReadAllLines(Path));
    }

    [Fact]
    public void Only_the_user_can_read_the_file()
    {
        Keys().Remember(Tracker, NewKey());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void A_deleted_line_is_noticed_without_a_restart()
    {
        var keys = Keys();
        keys.Remember(Tracker, NewKey());
        File.WriteAllText(Path, "");
        Assert.Null(keys.Find(Tracker));
        var next = NewKey();
        keys.Remember(Tracker, next);
        Assert.Equal(next, Keys().Find(Tracker));
    }

    [Theory]
    [InlineData("tracker.example:7070 1234")]
    [InlineData("\0\u0001")]
    [InlineData("tracker.example:7070")]
    public void A_line_that_is_damaged_or_cut_short_is_skipped_and_does_not_swallow_the_next_one(string damaged)
    {
        Directory.CreateDirectory(_folder.In("data"));
        File.WriteAllText(Path, damaged);
        var key = NewKey();
        Keys().Remember(Tracker, key);
        Assert.Equal(key, Keys().Find(Tracker));
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_reported_and_the_key_is_kept_in_memory()
    {
        Directory.CreateDirectory(Path);
        var keys = Keys();
        var key = NewKey();
        keys.Remember(Tracker, key);
        Assert.Contains(Path, Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Equal(key, keys.Find(Tracker));
    }

    [Fact]
    public void A_file_that_is_too_long_is_reported_and_not_read()
    {
        Directory.CreateDirectory(_folder.In("data"));
        File.WriteAllText(Path, string.Concat(Enumerable.Repeat($"tracker.example:7070 {NewKey()}\n", 10_000)));
        var keys = Keys();
        Assert.Null(keys.Find(Tracker));
        Assert.Equal(keys.Fault, Assert.Single(_warnings));
        File.Delete(Path);
        Assert.Null(keys.Fault);
    }

    [Fact]
    public void Without_a_file_the_keys_are_kept_in_memory()
    {
        var keys = new TrackerKeys(null, _warnings.Add);
        var key = NewKey();
        keys.Remember(Tracker, key);
        Assert.Equal(key, keys.Find(Tracker));
        Assert.Empty(_warnings);
    }

    private static KeyId NewKey() => new(PeerId.NewRandom().ToArray());

    private TrackerKeys Keys() => new(Path, _warnings.Add);
}
