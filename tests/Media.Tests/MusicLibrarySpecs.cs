using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

public sealed class MusicLibrarySpecs : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LibraryIndex _index;
    private int _filesRead;

    public MusicLibrarySpecs() => _index = LibraryIndex.Open(_folder.In("library.db"), out _);

    public void Dispose()
    {
        _index.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Finds_every_song_once_and_lists_the_skipped_files()
    {
        Write("a.mp3", 1);
        Write("sub/b.mp3", 2);
        Write("sub/copy.mp3", 1);
        _folder.Write("music/bad.mp3", Junk(900));
        var library = Scan("music", "missing");
        Assert.Equal(
            [_folder.In("music", "a.mp3"), _folder.In("music", "sub/b.mp3")],
            library.Songs.Values.Select(song => song.Path).Order(StringComparer.Ordinal));
        Assert.Equal((3, 1, 4), (library.SongFiles, library.Copies, _filesRead));
        Assert.Equal([SkipReason.FolderMissing, SkipReason.NotMp3], library.Problems.Select(problem => problem.Reason).Order().Reverse());
        Assert.All(library.Songs, song => Assert.Equal(song.Key, song.Value.Hash));
        Assert.All(library.Songs.Keys, hash => Assert.NotNull(_index.Leaves(hash)));
    }

    [NeedsFact("sh")]
    public void Names_that_are_not_UTF_8_are_skipped_and_reported()
    {
        Native.Run(
            "sh", "-c", "cd \"$0\" && mkdir \"$(printf 'fol\\377der')\" && echo x > \"$(printf 'caf\\351.mp3')\"",
            Directory.CreateDirectory(_folder.In("music")).FullName);
        var library = Scan("music");
        // .NET cannot delete files with such names.
        Native.Run("rm", "-r", _folder.In("music"));
        Assert.Equal(2, library.Problems.Count);
        Assert.All(library.Problems, problem => Assert.Contains("not valid UTF-8", problem.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unchanged_file_is_not_read_again_whether_it_is_a_song_or_not()
    {
        Write("a.mp3", 1);
        _folder.Write("music/bad.mp3", Junk(900));
        var first = Scan("music");
        Assert.Equal(2, _filesRead);
        var second = Scan("music");
        Assert.Equal(0, _filesRead);
        Assert.Equal(first.Songs, second.Songs);
        Assert.Equal(first.Problems, second.Problems);
    }

    [Fact]
    public void Only_changed_files_are_read()
    {
        var path = Write("a.mp3", 1);
        Write("b.mp3", 2);
        var first = Scan("music");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-5));
        Scan("music");
        Assert.Equal(1, _filesRead);
        Write("a.mp3", 3, frames: 31);
        var third = Scan("music");
        Assert.Equal(1, _filesRead);
        Assert.Single(first.Songs.Keys.Intersect(third.Songs.Keys));
    }

    [Fact]
    public void A_moved_or_retagged_file_remains_the_same_song_and_keeps_its_id()
    {
        var path = Write("a.mp3", 1);
        var hash = Assert.Single(Scan("music").Songs).Key;
        _index.PutSongIds([new(hash, 12)]);
        File.Delete(path);
        Assert.Empty(Scan("music").Songs);
        _folder.Write(
            "music/sub/other name.mp3", Join(Id3v2(4, 0, TagFrame(4, "TIT2", Utf8("Retagged"))), Frames(30, seed: 1), Id3v1("Old")));
        var song = Assert.Single(Scan("music").Songs);
        Assert.Equal((hash, "Retagged", 12), (song.Key, song.Value.Tags.Title, _index.SongIds()[song.Key]));
    }

    [Fact]
    public void The_files_of_a_disk_that_is_gone_together_with_its_folder_are_not_read_again_when_it_is_back()
    {
        const string memory = "/dev/shm";
        if (FileStatus.Read(memory, followsLinks: true)?.Device is not { } device
            || FileStatus.Read(_folder.Path, followsLinks: true)?.Device == device)
            return; // Nothing here is on another device.
        var disk = Directory.CreateDirectory(Path.Combine(memory, Path.GetFileName(_folder.Path)));
        try
        {
            File.WriteAllBytes(Path.Combine(disk.FullName, "a.mp3"), Frames(30, seed: 1));
            File.WriteAllBytes(Path.Combine(disk.FullName, "b.mp3"), Frames(30, seed: 2));
            Write("c.mp3", 3);
            // A mount that needs no privileges.
            var folder = _folder.In("music", "disk");
            Directory.CreateSymbolicLink(folder, disk.FullName);
            var library = Scan("music");
            Assert.Equal(3, library.Songs.Count);

            // One file is deleted from the disk, so it is forgotten.
            File.Delete(Path.Combine(folder, "b.mp3"));
            Assert.Single(Look(library, Path.Combine(folder, "b.mp3")).Gone);
            Directory.Delete(folder);
            Assert.Single(Look(library, folder).Gone);
            library.Scan();
            Assert.Equal([_folder.In("music", "c.mp3"), Path.Combine(folder, "a.mp3")], _index.Paths().Order(StringComparer.Ordinal));

            Directory.CreateSymbolicLink(folder, disk.FullName);
            Assert.Equal(0, library.Scan().FilesRead);
            Assert.Equal(2, library.Songs.Count);
        }
        finally
        {
            disk.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_deleted_file_is_forgotten_unless_its_whole_root_is_missing_or_empty()
    {
        Write("a.mp3", 1);
        var gone = Write("b.mp3", 2);
        Scan("music");
        File.Delete(gone);
        Scan("music");
        Assert.Equal([_folder.In("music", "a.mp3")], _index.Paths());
        Directory.Move(_folder.In("music"), _folder.In("away"));
        Assert.Empty(Scan("music").Songs);
        Directory.CreateDirectory(_folder.In("music"));
        Assert.Empty(Scan("music").Songs);
        Directory.Delete(_folder.In("music"));
        Directory.Move(_folder.In("away"), _folder.In("music"));
        Scan("music");
        Assert.Equal(0, _filesRead);
    }

    [Fact]
    public void Progress_counts_every_file()
    {
        for (var number = 0; number < 20; number++)
            Write($"{number}.mp3", number);
        _folder.Write("music/bad.mp3", [1]);
        var told = new List<ScanProgress>();
        Library(new ScanSettings { Parallelism = 4, BatchFiles = 3 }, "music").Scan(new ScanObserver { Progressed = told.Add });
        // The files found are counted first, then the files read.
        Assert.Equal(Enumerable.Range(1, 21), told.Take(21).Select(progress => progress.Total));
        Assert.Equal(Enumerable.Range(1, 21), told.Skip(21).Select(progress => progress.Files));
        Assert.Equal(new ScanProgress(21, 21, 21, 20 * 30 * 417 + 1L, 20 * 30 * 417 + 1L, 1), told[^1]);
    }

    [Fact]
    public void A_cancelled_scan_ends_and_keeps_the_files_it_has_read()
    {
        for (var number = 0; number < 30; number++)
            Write($"{number}.mp3", number);
        using var cancellation = new CancellationTokenSource();
        void CancelAfterTen(ScanProgress progress)
        {
            if (progress.Files == 10)
                cancellation.Cancel();
        }

        Assert.ThrowsAny<OperationCanceledException>(
            () => Library(null, "music").Scan(new ScanObserver { Progressed = CancelAfterTen }, cancellation.Token));
        Assert.InRange(_index.Paths().Count, 10, 12);
    }

    [Fact]
    public void An_exception_from_the_observer_ends_the_scan_and_reaches_the_caller()
    {
        Write("a.mp3", 1);
        Write("b.mp3", 1);
        Assert.Throws<FormatException>(
            () => Library(null, "music").Scan(new ScanObserver { Progressed = _ => throw new FormatException() }));
    }

    [Fact]
    public void Equal_tags_of_several_songs_share_one_string()
    {
        for (var number = 0; number < 2; number++)
            _folder.Write($"music/{number}.mp3", Join(Id3v2(4, 0, TagFrame(4, "TALB", Utf8("Record"))), Frames(30, seed: number)));
        Scan("music");
        var songs = Scan("music").Songs.Values.ToList();
        Assert.Same(songs[0].Tags.Album, songs[1].Tags.Album);
    }

    [Fact]
    public void Indexed_files_are_reported_before_any_file_is_read()
    {
        for (var number = 0; number < 5; number++)
            Write($"{number}.mp3", number);
        Scan("music");
        Write("new.mp3", 9);
        var told = new List<(int Served, int Read)>();
        var read = 0;
        Library(null, "music").Scan(new ScanObserver
        {
            Progressed = progress => read = progress.FilesRead,
            Changed = changes => told.Add((changes.Served.Count, read))
        });
        Assert.Equal([(5, 0), (1, 1)], told);
    }

    [Fact]
    public void A_scan_of_paths_finds_and_reports_only_new_changed_moved_and_deleted_files()
    {
        var kept = Write("kept.mp3", 1);
        var gone = Write("gone.mp3", 2);
        var moving = Write("moving.mp3", 3);
        var library = Scan("music");
        var hashes = library.Songs.ToDictionary(song => song.Value.Path, song => song.Key);
        File.Delete(gone);
        Directory.CreateDirectory(_folder.In("music", "sub"));
        File.Move(moving, _folder.In("music", "sub", "moved.mp3"));
        var added = Write("added.mp3", 4);
        var changes = Look(library, gone, moving, _folder.In("music", "sub"), added, _folder.In("elsewhere.mp3"));
        Assert.Equal(
            [added, _folder.In("music", "sub", "moved.mp3")], changes.Served.Select(song => song.Path).Order(StringComparer.Ordinal));
        Assert.Equal([hashes[gone]], changes.Gone);
        Assert.Equal(_folder.In("music", "sub", "moved.mp3"), library.Songs[hashes[moving]].Path);
        Assert.Equal(3, library.Songs.Count);
        Assert.Equal([added, kept, _folder.In("music", "sub", "moved.mp3")], _index.Paths().Order(StringComparer.Ordinal));
        Assert.True(Look(library, kept, added).IsEmpty);
    }

    [Fact]
    public void Moving_a_folder_away_removes_its_songs_and_moving_it_back_under_another_name_restores_them()
    {
        Write("a.mp3", 1);
        Write("sub/b.mp3", 2);
        Write("sub/deep/c.mp3", 3);
        Write("subway/d.mp3", 4);
        var library = Scan("music");
        Directory.Move(_folder.In("music", "sub"), _folder.In("away"));
        Assert.Equal(2, Look(library, _folder.In("music", "sub")).Gone.Count);
        Directory.Move(_folder.In("away"), _folder.In("music", "other"));
        Assert.Equal(2, Look(library, _folder.In("music", "other")).Served.Count);
        Assert.Equal(4, library.Songs.Count);
    }

    [Fact]
    public void Another_file_with_the_same_song_is_served_when_the_first_is_deleted()
    {
        var first = Write("a.mp3", 1);
        var second = Write("b.mp3", 1);
        var library = Scan("music");
        File.Delete(first);
        Assert.Equal(second, Assert.Single(Look(library, first).Served).Path);
        File.Delete(second);
        Assert.Single(Look(library, second).Gone);
    }

    [Fact]
    public void A_file_that_is_still_being_written_to_is_postponed_and_reported()
    {
        var library = Library(new ScanSettings { QuietTime = TimeSpan.FromHours(1) }, "music");
        var path = Write("a.mp3", 1);
        Assert.Equal([path], library.ScanPaths([path]).Unsettled);
        Assert.Equal("it is still being written to", Assert.Single(library.Problems).Text);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-2));
        Assert.Empty(library.ScanPaths([path]).Unsettled);
        Assert.Single(library.Songs);
        Assert.Empty(library.Problems);
    }

    [Fact]
    public void A_scan_waits_for_files_that_were_just_written()
    {
        Write("a.mp3", 1);
        var library = Library(new ScanSettings { QuietTime = TimeSpan.FromMilliseconds(200) }, "music");
        Assert.Empty(library.Scan().Unsettled);
        Assert.Single(library.Songs);
    }

    [Fact]
    public void Urgent_paths_are_scanned_between_two_files_of_a_scan()
    {
        for (var number = 0; number < 200; number++)
            Write($"{number:000}.mp3", number);
        var library = new MusicLibrary([new MusicRoot(_folder.In("music"))], _index, new ScanSettings { Parallelism = 1, BatchFiles = 10 });
        var asked = 0;
        var served = new List<string>();
        var total = 0;
        library.Scan(new ScanObserver
        {
            Progressed = progress => total = progress.FilesRead,
            Changed = changes => served.AddRange(changes.Served.Select(song => $"{Path.GetFileName(song.Path)} after {total}")),
            DequeueUrgent = () =>
            {
                if (++asked != 5)
                    return [];
                Write("late.mp3", 777);
                File.Delete(_folder.In("music", "000.mp3"));
                File.Delete(_folder.In("music", "199.mp3"));
                return [_folder.In("music", "late.mp3"), _folder.In("music", "000.mp3"), _folder.In("music", "199.mp3")];
            },
        });
        Assert.Contains("late.mp3 after 5", served);
        Assert.Equal(199, library.Songs.Count);
        Assert.Empty(library.Problems);
        Assert.Equal(199, _index.Paths().Count);
    }

    [Fact]
    public void Songs_that_could_not_be_stored_in_the_index_are_not_added_to_the_library()
    {
        for (var number = 0; number < 20; number++)
            Write($"{number}.mp3", number);
        var library = new MusicLibrary([new MusicRoot(_folder.In("music"))], _index, new ScanSettings { Parallelism = 1, BatchFiles = 10 });
        Assert.Throws<ObjectDisposedException>(() => library.Scan(new ScanObserver
        {
            Progressed = progress =>
            {
                if (progress.FilesRead == 15)
                    _index.Dispose();
            },
        }));
        Assert.Equal(10, library.Songs.Count);
    }

    [Fact]
    public void A_file_that_was_replaced_by_one_with_the_same_length_and_time_is_read_again()
    {
        if (!FileStatus.IsKnown)
            return; // the system does not report the inode
        var path = Write("a.mp3", 1);
        var song = Assert.Single(Scan("music").Songs).Value;
        Exchange(path, song.Stat);

        var library = Scan("music");
        Assert.NotEqual(song.Hash, Assert.Single(library.Songs).Key);
        Assert.Equal(FileStat.Read(path), Assert.Single(library.Songs).Value.Stat);
    }

    [Fact]
    public void A_full_scan_reads_a_file_that_was_changed_in_place_and_kept_its_length_and_time()
    {
        if (!FileStatus.IsKnown)
            return; // the system does not report the time of the change
        Write("a.mp3", 1);
        var library = Scan("music");
        var song = Assert.Single(library.Songs).Value;
        ChangeInPlace(song);

        Assert.Equal(1, library.Scan().FilesRead);
        Assert.NotEqual(song.Hash, Assert.Single(library.Songs).Key);
        Assert.Equal(FileStat.Read(song.Path), Assert.Single(library.Songs).Value.Stat);
    }

    [Fact]
    public void After_a_restart_a_file_that_was_changed_in_place_and_kept_its_length_and_time_is_read_again()
    {
        if (!FileStatus.IsKnown)
            return; // the system does not report the time of the change
        Write("a.mp3", 1);
        var song = Assert.Single(Scan("music").Songs).Value;
        ChangeInPlace(song);

        var restarted = Scan("music");
        Assert.Equal(1, _filesRead);
        Assert.NotEqual(song.Hash, Assert.Single(restarted.Songs).Key);
        Assert.Equal(FileStat.Read(song.Path), _index.Find(song.Path)!.Stat);
    }

    [Fact]
    public void The_inode_is_ignored_if_the_settings_say_so()
    {
        var path = Write("a.mp3", 1);
        var settings = new ScanSettings { ChecksInode = false };
        var first = new MusicLibrary([new MusicRoot(_folder.In("music"))], _index, settings);
        first.Scan();
        var song = Assert.Single(first.Songs).Value;
        Exchange(path, song.Stat);

        var second = new MusicLibrary([new MusicRoot(_folder.In("music"))], _index, settings);
        Assert.Equal(0, second.Scan().FilesRead);
        Assert.Equal(song, Assert.Single(second.Songs).Value);
        Assert.IsType<PayloadOpening.Opened>(PayloadReader.Open(song)).Reader.Dispose();
    }

    [Fact]
    public void A_missing_inode_is_added_to_the_index_without_reading_the_file()
    {
        if (!FileStatus.IsKnown)
            return; // the system does not report the inode
        Write("a.mp3", 1);
        var song = Assert.Single(Scan("music").Songs).Value;
        _index.PutIdentities([song with { Stat = song.Stat.WithoutIdentity() }]);
        Assert.False(_index.Find(song.Path)!.Stat.HasIdentity);

        var library = new MusicLibrary([new MusicRoot(_folder.In("music"))], _index);
        Assert.Equal(0, library.Scan().FilesRead);
        Assert.Equal(song, Assert.Single(library.Songs).Value);
        Assert.Equal(song.Stat, _index.Find(song.Path)!.Stat);
    }

    private void Exchange(string path, FileStat stat)
    {
        var other = _folder.Write("other", Frames(30, seed: 99));
        Assert.Equal(stat.Length, new FileInfo(other).Length);
        File.SetLastWriteTimeUtc(other, new DateTime(stat.ModifiedTicks, DateTimeKind.Utc));
        File.Move(other, path, overwrite: true);
    }

    // Afterwards, only the time of the last status change is different.
    private static void ChangeInPlace(SongFile song)
    {
        using (var file = File.OpenWrite(song.Path))
        {
            file.Position = song.PayloadOffset + 100;
            file.Write(new byte[200]);
        }

        do
        {
            // Sets the time of the status change too. The clock of the file system may not have ticked since the file was created.
            File.SetLastWriteTimeUtc(song.Path, new DateTime(song.Stat.ModifiedTicks, DateTimeKind.Utc));
        }
        while (FileStat.Read(song.Path)!.Value.ChangedTicks == song.Stat.ChangedTicks);

        Assert.Equal(song.Stat with { ChangedTicks = 0 }, FileStat.Read(song.Path)!.Value with { ChangedTicks = 0 });
    }

    [Fact]
    public void A_moved_file_is_recognized_by_length_time_and_content()
    {
        var path = _folder.Write("music/a.mp3", Join(Id3v2(4, 0, TagFrame(4, "TALB", Utf8("Record"))), Frames(200, seed: 1)));
        var song = Assert.Single(Scan("music").Songs).Value;
        Assert.Null(Recognize(path));
        var moved = _folder.In("music", "b.mp3");
        File.Move(path, moved);
        var recognized = Recognize(moved);
        // Renaming a file updates the time of its last status change.
        var stat = FileStat.Read(moved)!.Value;
        Assert.Equal(song.Stat.WithoutIdentity(), stat.WithoutIdentity());
        Assert.Equal(song with { Path = moved, Stat = stat, Tags = new Protocol.SongTags(song.Tags) { Title = "b" } }, recognized);

        using (var file = File.OpenWrite(moved))
        {
            file.Position = song.PayloadOffset + song.PayloadLength / 2;
            file.Write(new byte[200]);
        }

        File.SetLastWriteTimeUtc(moved, new DateTime(song.Stat.ModifiedTicks, DateTimeKind.Utc));
        Assert.Null(Recognize(moved));
    }

    private SongFile? Recognize(string path) => MovedFile.Recognize(path, FileStat.Read(path)!.Value, _index, MediaLimits.Default);

    private static LibraryChanges Look(MusicLibrary library, params string[] paths)
    {
        var told = new List<LibraryChanges>();
        library.ScanPaths(paths, observer: new ScanObserver { Changed = told.Add });
        // Files that were read and files that were deleted are reported separately; this combines both.
        return new LibraryChanges([.. told.SelectMany(changes => changes.Served)], [.. told.SelectMany(changes => changes.Gone)]);
    }

    private string Write(string name, int seed, int frames = 30) => _folder.Write("music/" + name, Frames(frames, seed: seed));

    private MusicLibrary Library(ScanSettings? settings, params string[] roots) =>
        new([.. roots.Select(root => new MusicRoot(_folder.In(root)))], _index, settings);

    /// <summary>Scans with a new library that knows only the index, as at program start.</summary>
    private MusicLibrary Scan(params string[] roots)
    {
        var library = Library(null, roots);
        _filesRead = library.Scan().FilesRead;
        return library;
    }
}
