using System.Security.Cryptography;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Tests.Ids;

/// <summary>Checks the tracker's data folder and the keys in it.</summary>
public sealed class TrackerFolderSpecs : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tsp-tracker-{Guid.NewGuid():n}");

    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public void The_key_is_created_once_and_counts_as_new_only_in_the_first_run()
    {
        byte[] own;
        using (var first = Open())
        {
            own = first.Keys.Own.ToArray();
            Assert.Equal((ReceiptKeys.KeySize, false), (own.Length, first.Keys.MayHaveSigned));
        }

        using var again = Open();
        Assert.Equal(own, again.Keys.Own.ToArray());
        Assert.True(again.Keys.MayHaveSigned);
    }

    [Fact]
    public void No_other_user_can_read_the_folder_or_a_file_in_it()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = Open();
        folder.Keys.Accept(RandomNumberGenerator.GetBytes(ReceiptKeys.KeySize));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_path));
        foreach (var file in Directory.GetFiles(_path))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(
            ["lock", "receipt-key", "receipt-keys", "song-ids", "version"], Directory.GetFiles(_path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Two_trackers_cannot_use_the_same_folder()
    {
        using var folder = Open();
        var error = Assert.Throws<IOException>(Open);
        Assert.Contains("another tracker is using it", error.Message, StringComparison.Ordinal);
        Assert.Contains("--data", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_the_wrong_size_is_an_error_and_is_not_replaced()
    {
        Open().Dispose();
        File.WriteAllBytes(Path.Combine(_path, "receipt-key"), [1, 2, 3]);
        Assert.Contains("not a key", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadAllBytes(Path.Combine(_path, "receipt-key")).Length);
    }

    [Fact]
    public void Keys_of_other_trackers_are_kept_and_the_oldest_is_dropped_when_there_are_too_many()
    {
        var keys = Enumerable.Range(0, ReceiptKeys.MaxAccepted + 1).Select(_ => ReceiptKeys.New()).ToList();
        using (var folder = Open())
        {
            foreach (var key in keys)
                Assert.True(folder.Keys.Accept(key.Own.Span));
            Assert.False(folder.Keys.Accept(keys[^1].Own.Span));
            Assert.False(folder.Keys.Accept(folder.Keys.Own.Span));
            Assert.False(folder.Keys.Accept(new byte[5]));
        }

        using var again = Open();
        var accepted = keys.Select(key => again.Keys.Verify(Samples.Hash(1), 1, key.Sign(Samples.Hash(1), 1)));
        Assert.Equal([false, .. Enumerable.Repeat(true, ReceiptKeys.MaxAccepted)], accepted);
    }

    [Fact]
    public void Trackers_with_the_same_cluster_secret_accept_each_others_receipts()
    {
        var (one, two) = (Keys("the cluster's secret"), Keys("the cluster's secret"));
        Assert.True(two.Verify(Samples.Hash(1), 7, one.Sign(Samples.Hash(1), 7)));
        Assert.False(two.Verify(Samples.Hash(1), 8, one.Sign(Samples.Hash(1), 7)));
        Assert.False(two.Verify(Samples.Hash(1), 7, Keys("another secret").Sign(Samples.Hash(1), 7)));
        Assert.False(two.Verify(Samples.Hash(1), 7, default));
        Assert.True(one.MayHaveSigned);

        static ReceiptKeys Keys(string secret) => ReceiptKeys.Shared(new ClusterSecret(secret).ReceiptKey);
    }

    private TrackerFolder Open() => TrackerFolder.Open(_path, 1_000, _ => { });
}
