using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

/// <summary>
/// Checks folders as they are on NAS systems, removable disks and slow connections, and files with impossible properties.
/// </summary>
public sealed class RealFolderSpecs : IDisposable
{
    private static readonly ScanSettings Patient = new() { QuietTime = TimeSpan.FromMinutes(1) };
    private readonly TempFolder _folder = new();
    private readonly LibraryIndex _index;

    public RealFolderSpecs() => _index = LibraryIndex.Open(_folder.In("library.db"), out _);

    public void Dispose()
    {
        _index.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Recycle_bins_snapshots_and_system_folders_are_not_shared()
    {
        Write("a.mp3", 1);
        var seed = 2;
        string[] names = ["#recycle", "@Recycle", "$RECYCLE.BIN/S-1", "#snapshot/GMT-1", "@eaDir", "lost+found", "#RECYCLE",
            "System Volume Information", "album/@eaDir"];
        foreach (var name in names)
            Write($"{name}/deleted.mp3", seed++);
        Write("recycle/kept.mp3", seed++);
        Write("lost+found.mp3", seed);
        var library = Library(ScanSettings.Default);
        library.Scan();
        Assert.Equal(["a.mp3", "kept.mp3", "lost+found.mp3"], Names(library));
        library.ScanPaths([_folder.In("music", "#recycle", "deleted.mp3"), _folder.In("music", "@eaDir")]);
        Assert.Equal(3, library.Songs.Count);
        // A root is shared regardless of its name.
        Assert.Single(MusicFolder.Enumerate([new MusicRoot(_folder.In("music", "#recycle"))], _ => { }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_in_the_paths_of_a_scan_is_read_even_if_its_length_and_time_are_the_same(bool checksInode)
    {
        var path = Write("sub/a.mp3", 1, Id3v1("Old title"));
        var library = Library(new ScanSettings { ChecksInode = checksInode });
        library.Scan();
        Retag(path, Id3v1("New title"));
        library.ScanPaths([path]);
        Assert.Equal("New title", Assert.Single(library.Songs).Value.Tags.Title);
        // Now the audio changes.
        var hash = Assert.Single(library.Songs).Key;
        var time = File.GetLastWriteTimeUtc(path);
        using (var file = File.OpenWrite(path))
        {
            file.Position = 8_000;
            file.Write("other"u8);
        }

        File.SetLastWriteTimeUtc(path, time);
        library.ScanPaths([path]);
        Assert.NotEqual(hash, Assert.Single(library.Songs).Key);
        // A user who asks for a scan of a folder means the files in it.
        Retag(path, Id3v1("3rd title"));
        library.ScanPaths([_folder.In("music", "sub")], waitForUnsettled: true);
        Assert.Equal("3rd title", Assert.Single(library.Songs).Value.Tags.Title);
    }

    [Fact]
    public void A_file_that_is_read_again_without_a_change_is_not_reported()
    {
        var path = Write("a.mp3", 1, Id3v1("Title"));
        var library = Library(ScanSettings.Default);
        library.Scan();
        var observer = new ScanObserver { Changed = _ => Assert.Fail("nothing has changed") };
        Assert.Equal(1, library.ScanPaths([path], observer: observer).FilesRead);
    }

    [Fact]
    public void A_file_that_ends_in_the_middle_of_a_frame_is_shared_only_after_a_long_pause()
    {
        var whole = Frames(30);
        var path = _folder.Write("music/slow.mp3", whole[..^100]);
        var library = Library(Patient);
        foreach (var (age, length, isShared) in (ReadOnlySpan<(int, int, bool)>)
            [(2, 5000, false), (2, 9000, false), (29, 9000, false), (40, 9000, true)])
        {
            File.WriteAllBytes(path, whole[..length]);
            SetAge(path, age);
            Assert.Equal(isShared ? [] : [path], library.ScanPaths([path]).Unsettled);
            Assert.Equal(isShared ? 1 : 0, library.Songs.Count);
        }

        File.WriteAllBytes(path, whole);
        SetAge(path, 2);
        library.ScanPaths([path]);
        Assert.Equal(30ul * 417, Assert.Single(library.Songs).Value.Format.PayloadBytes);
        Assert.Empty(library.Problems);
    }

    [Fact]
    public void The_first_scan_too_waits_for_a_file_that_ends_in_the_middle_of_a_frame()
    {
        var path = _folder.Write("music/cut.mp3", Frames(30)[..^100]);
        var library = Library(Patient with { QuietTime = TimeSpan.FromSeconds(2) });

        Assert.Equal([path], library.Scan().Unsettled);
        Assert.Empty(library.Songs);
        Assert.Equal("it is still being written to", Assert.Single(library.Problems).Text);

        SetAge(path, 40);
        Assert.Empty(library.Scan().Unsettled);
        Assert.Single(library.Songs);
        Assert.Empty(library.Problems);
    }

    [NeedsFact("mkfifo:coreutils")]
    public async Task A_pipe_does_not_stop_the_scan()
    {
        var pipe = _folder.In("music", "pipe.mp3");
        Write("good.mp3", 1);
        Native.Run("mkfifo", pipe);
        SetAge(pipe, 10);
        SetAge(_folder.In("music", "good.mp3"), 10);
        var library = Library(Patient with { QuietTime = TimeSpan.FromMilliseconds(100) });

        await Task.Run(() => library.Scan()).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["good.mp3"], Names(library));
    }

    [Fact]
    public void A_file_that_is_open_for_writing_is_not_shared_although_it_ends_between_two_frames()
    {
        // Other systems do not report which files are open.
        if (!OperatingSystem.IsLinux())
            return;
        var path = _folder.Write("music/slow.mp3", Frames(10));
        var library = Library(Patient with { QuietTime = TimeSpan.FromMilliseconds(100) });
        foreach (var more in (byte[][])[Frames(5, seed: 2), Frames(5, seed: 3)])
        {
            using var writer = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            writer.Write(more);
            writer.Flush();
            SetAge(path, 10);
            Assert.Equal([path], library.Scan().Unsettled);
            Assert.Equal([path], library.ScanPaths([path]).Unsettled);
            Assert.Empty(library.Songs);
        }

        Assert.Empty(library.ScanPaths([path]).Unsettled);
        Assert.Equal(20ul * 417, Assert.Single(library.Songs).Value.Format.PayloadBytes);
    }

    [Fact]
    public void A_file_that_has_been_open_for_writing_for_hours_is_shared()
    {
        var path = _folder.Write("music/open.mp3", Frames(10));
        using var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        SetAge(path, 120);

        var library = Library(Patient);

        Assert.Empty(library.Scan().Unsettled);
        Assert.Single(library.Songs);
    }

    [Fact]
    public void A_program_can_open_a_file_for_writing_right_after_the_check()
    {
        var path = _folder.Write("music/a.mp3", Frames(10));
        SetAge(path, 10);
        Library(Patient).Scan();

        using var writer = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        Assert.True(writer.CanWrite);
    }

    [Fact]
    public void A_file_that_is_shorter_than_its_info_frame_says_is_shared_only_after_a_long_pause()
    {
        var path = _folder.Write("music/slow.mp3", Join(LameFrame("Xing", 40, 576, 1000), Frames(20)));
        var library = Library(Patient);
        SetAge(path, 2);
        Assert.Equal([path], library.ScanPaths([path]).Unsettled);
        File.WriteAllBytes(path, Join(LameFrame("Xing", 40, 576, 1000), Frames(40)));
        SetAge(path, 2);
        Assert.Empty(library.ScanPaths([path]).Unsettled);
        Assert.Single(library.Songs);
    }

    [Fact]
    public void A_file_that_ends_early_is_not_read_in_every_scan()
    {
        var path = _folder.Write("music/slow.mp3", Frames(30)[..^100]);
        SetAge(path, 2);
        var library = Library(Patient);
        Assert.Equal([path], library.ScanPaths([path]).Unsettled);
        using (new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None))
            Assert.Equal([path], library.ScanPaths([path]).Unsettled);
    }

    [Fact]
    public void The_files_of_a_disk_below_a_root_are_remembered_while_its_folder_is_empty()
    {
        Write("a.mp3", 1);
        Write("disk/album/b.mp3", 2);
        Write("disk/c.mp3", 3);
        Library(ScanSettings.Default).Scan();
        Directory.Move(_folder.In("music", "disk"), _folder.In("away"));
        Directory.CreateDirectory(_folder.In("music", "disk"));
        var without = Library(ScanSettings.Default);
        without.Scan();
        Assert.Equal(["a.mp3"], Names(without));
        Directory.Delete(_folder.In("music", "disk"));
        Directory.Move(_folder.In("away"), _folder.In("music", "disk"));
        Assert.Equal(0, Library(ScanSettings.Default).Scan().FilesRead);

        // A change that the watch reports has the same effect.
        var watched = Library(ScanSettings.Default);
        watched.Scan();
        Directory.Move(_folder.In("music", "disk"), _folder.In("away"));
        Directory.CreateDirectory(_folder.In("music", "disk"));
        watched.ScanPaths([_folder.In("music", "disk")]);
        Assert.Equal(["a.mp3"], Names(watched));
        Assert.Equal(3, _index.Paths().Count);
        // A folder that is gone is forgotten.
        Directory.Delete(_folder.In("music", "disk"));
        watched.Scan();
        Assert.Equal([_folder.In("music", "a.mp3")], _index.Paths());
    }

    [Theory]
    [InlineData(1_500L << 20)]
    [InlineData(100L << 20)]
    [InlineData(10L << 20)]
    [InlineData(1L << 20)]
    [InlineData(400L << 10)]
    public void A_file_with_a_long_hole_is_skipped(long hole)
    {
        var skipped = Assert.IsType<SkippedFile>(SongFile.Read(WriteWithHole(hole)).Entry);
        Assert.Equal(SkipReason.NotMp3, skipped.Reason);
        Assert.Contains("is not audio", skipped.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(50_000)]
    [InlineData(100_000)]
    public void A_file_with_a_short_hole_is_shared_with_a_plausible_bitrate(long hole)
    {
        var song = Assert.IsType<SongFile>(SongFile.Read(WriteWithHole(hole)).Entry);
        Assert.InRange(song.Format.BitrateBps, 64_000u, 1_280_000u);
    }

    private string WriteWithHole(long hole)
    {
        var path = _folder.In("music", "hole.mp3");
        Directory.CreateDirectory(_folder.In("music"));
        using var file = File.Create(path);
        file.Write(Frames(38));
        file.Position += hole;
        file.Write(Frames(38, seed: 2));
        return path;
    }

    [Theory]
    [InlineData("@300000000000")]
    [InlineData("@-70000000000")]
    [InlineData("@67768036191676799")]
    [InlineData("@-67768040609740800")]
    public void A_file_with_an_impossible_time_does_not_end_the_scan(string time)
    {
        // tmpfs stores any time; other file systems change it to one that they can store.
        const string Memory = "/dev/shm";
        if (!Directory.Exists(Memory))
            return;
        var root = Directory.CreateDirectory(Path.Combine(Memory, Path.GetFileName(_folder.Path))).FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(root, "good.mp3"), Frames(5));
            File.WriteAllBytes(Path.Combine(root, "odd.mp3"), Frames(5, seed: 2));
            Native.Run("touch", "-d", time, Path.Combine(root, "odd.mp3"));
            File.SetLastWriteTimeUtc(Path.Combine(root, "good.mp3"), DateTime.UtcNow.AddHours(-9));
            foreach (var settings in (ScanSettings[])[ScanSettings.Default, Patient])
            {
                var library = new MusicLibrary([new MusicRoot(root)], _index, settings);
                library.ScanPaths([root]);
                Assert.Contains("good.mp3", Names(library));
                Assert.Equal(2, library.Songs.Count + library.Problems.Count);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void No_metadata_of_a_file_ends_the_walk()
    {
        // Names, times, permissions, kinds and links at random: each scan succeeds, and the ordinary file is always found.
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            Write("good.mp3", 1);
            for (var number = 0; number < 6; number++)
                MakeOdd(random, number);
            var library = Library(ScanSettings.Default);
            library.Scan();
            library.ScanPaths([.. Directory.EnumerateFileSystemEntries(_folder.In("music"))]);
            Assert.Contains("good.mp3", Names(library));
            foreach (var problem in library.Problems)
                Assert.DoesNotContain('\n', problem.Text);
            Directory.Delete(_folder.In("music"), recursive: true);
        }
    }

    [Fact]
    public void A_folder_that_may_be_listed_but_not_entered_is_reported()
    {
        Write("good.mp3", 1);
        Write("closed/a.mp3", 2);
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
            return; // root can enter every folder
        Library(ScanSettings.Default).Scan();
        File.SetUnixFileMode(_folder.In("music", "closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var library = Library(ScanSettings.Default);
        library.Scan();
        Assert.Equal(["good.mp3"], Names(library));
        Assert.Contains("permission", Assert.Single(library.Problems).Text, StringComparison.Ordinal);
        File.SetUnixFileMode(_folder.In("music", "closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(0, Library(ScanSettings.Default).Scan().FilesRead);
    }

    private void MakeOdd(Random random, int number)
    {
        string[] names = ["new\nline", "bell\a", "\u202Eevil", new string('n', 250), "~", "*?", "..", "a\\b", " ", "-r", "\uFFFD", "con",
            "%s{0}"];
        var name = names[random.Next(names.Length)];
        var path = _folder.In("music", name.Length > 200 ? name + ".mp3" : $"{number}{name}.mp3");
        if (Path.Exists(path))
            return;
        switch (random.Next(6))
        {
            case 0:
                Directory.CreateDirectory(path);
                return;
            case 1:
                File.CreateSymbolicLink(path, random.Next(2) == 0 ? path : "/nonexistent/" + name);
                return;
            case 2 when !OperatingSystem.IsWindows():
                Native.Run("mkfifo", "--", path);
                return;
        }

        File.WriteAllBytes(path, random.Next(3) == 0 ? [] : Frames(random.Next(1, 9), seed: number));
        var years = random.Next(-1000, 8300);
        File.SetLastWriteTimeUtc(path, new DateTime(1601, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddYears(Math.Max(0, years)));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)random.Next(512));
    }

    private static void Retag(string path, byte[] tag)
    {
        var time = File.GetLastWriteTimeUtc(path);
        using (var file = File.OpenWrite(path))
        {
            file.Seek(-tag.Length, SeekOrigin.End);
            file.Write(tag);
        }

        File.SetLastWriteTimeUtc(path, time);
    }

    private static void SetAge(string path, int minutes) => File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-minutes));

    private static string[] Names(MusicLibrary library) =>
        [.. library.Songs.Values.Select(song => Path.GetFileName(song.Path)).Order(StringComparer.Ordinal)];

    private string Write(string name, int seed, byte[]? after = null) =>
        _folder.Write("music/" + name, Join(Frames(30, seed: seed), after ?? []));

    private MusicLibrary Library(ScanSettings settings) => new([new MusicRoot(_folder.In("music"))], _index, settings);
}
