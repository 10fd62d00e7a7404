using Microsoft.Data.Sqlite;
using TspActors.Media.Covers;
using TspActors.Media.Hashing;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;
using TspActors.Protocol;
using static TspActors.Media.Tests.Material.TagBytes;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Media.Tests;

public sealed class LibraryIndexSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    private string IndexPath => _folder.In("data", "library.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stored_entries_are_found_after_reopening()
    {
        var song = Song("song.mp3");
        var skipped = SongFile.Read(_folder.Write("bad.mp3", [1, 2, 3]));
        using (var index = Open())
            index.Put([song, skipped]);
        using var again = Open();
        Assert.Equal(song.Entry, again.Find(song.Entry.Path));
        Assert.Equal(skipped.Entry, again.Find(skipped.Entry.Path));
        Assert.Equal(song.Leaves.ToArray(), again.Leaves(Hash(song)));
        Assert.Equal([skipped.Entry.Path, song.Entry.Path], again.Paths().Order(StringComparer.Ordinal));
        Assert.Null(again.Find(_folder.In("other.mp3")));
    }

    [Fact]
    public void Temporary_problems_are_not_stored()
    {
        using var index = Open();
        index.Put([SongFile.Read(_folder.In("gone.mp3"))]);
        Assert.Empty(index.Paths());
    }

    [Fact]
    public void Leaves_are_kept_as_long_as_a_file_needs_them()
    {
        using var index = Open();
        var (first, copy, other) = (Song("a.mp3"), Song("b.mp3"), Song("c.mp3", seed: 2));
        index.Put([first, copy, other]);
        index.Remove([first.Entry.Path]);
        Assert.NotNull(index.Leaves(Hash(first)));
        index.Put([other with { Entry = ((SongFile)other.Entry) with { Path = copy.Entry.Path } }]);
        Assert.Null(index.Leaves(Hash(first)));
        Assert.NotNull(index.Leaves(Hash(other)));
    }

    [Theory]
    [InlineData("4294967296000")]
    [InlineData("-7")]
    [InlineData("0")]
    [InlineData("'x'")]
    [InlineData("1.5")]
    public void An_impossible_song_id_is_skipped_and_the_songs_are_kept(string id)
    {
        var song = Song("a.mp3");
        using (var index = Open())
        {
            index.Put([song]);
            index.PutSongIds([new(Hash(song), 7)]);
        }

        Sql($"UPDATE song_ids SET id = {id}");

        using var again = LibraryIndex.Open(IndexPath, out _);
        Assert.Empty(again.SongIds());
        Assert.Equal([song.Entry.Path], again.Paths());
    }

    [Fact]
    public void Song_ids_outlive_their_files()
    {
        var song = Song("a.mp3");
        using (var index = Open())
        {
            index.Put([song]);
            index.PutSongIds([new(Hash(song), 7)]);
            index.PutSongIds([new(Hash(song), 8)]);
            index.Remove([song.Entry.Path]);
        }

        using var again = Open();
        Assert.Equal(new KeyValuePair<ContentHash, int>(Hash(song), 8), Assert.Single(again.SongIds()));
    }

    [Fact]
    public void Leaves_that_do_not_match_their_hash_are_dropped_and_their_file_must_be_read_again()
    {
        var song = Song("a.mp3");
        using (var index = Open())
            index.Put([song]);
        Sql("UPDATE leaves SET leaves = zeroblob(64)");
        using var again = Open();
        Assert.Null(again.Leaves(Hash(song)));
        Assert.Null(again.Find(song.Entry.Path));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("truncated")]
    [InlineData("foreign")]
    [InlineData("missing table")]
    public void An_unusable_index_is_set_aside_and_replaced(string how)
    {
        var song = Song("a.mp3");
        using (var index = Open())
            index.Put([.. Enumerable.Range(0, 200).Select(number => song with { Entry = ((SongFile)song.Entry) with { Path = $"/{number}/" + new string('x', 200) } })]);
        switch (how)
        {
            case "garbage":
                File.WriteAllBytes(IndexPath, Junk(20_000));
                break;
            case "truncated":
                using (var file = File.OpenWrite(IndexPath))
                    file.SetLength(file.Length / 2 / 4096 * 4096);
                break;
            case "foreign":
                Sql("PRAGMA user_version = 0");
                break;
            default:
                Sql("DROP TABLE leaves");
                break;
        }

        using (var index = LibraryIndex.Open(IndexPath, out var notice))
        {
            Assert.NotNull(notice);
            Assert.Equal(IndexPath + ".damaged-1", notice.SetAsidePath);
            Assert.True(File.Exists(notice.SetAsidePath));
            Assert.NotEmpty(notice.Defect);
            Assert.Empty(index.Paths());
            index.Put([song]);
        }

        using var again = Open();
        Assert.Single(again.Paths());
    }

    [Fact]
    public void An_index_of_a_newer_program_is_refused_and_not_set_aside()
    {
        var song = Song("a.mp3");
        using (var index = Open())
            index.PutSongIds([new(Hash(song), 7)]);
        Sql("PRAGMA user_version = 99");
        var before = File.ReadAllBytes(IndexPath);

        var error = Assert.Throws<LibraryIndexException>(() => LibraryIndex.Open(IndexPath, out _));

        Assert.Contains("newer version", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(IndexPath));
        Assert.False(File.Exists(IndexPath + ".damaged-1"));
    }

    [Fact]
    public void An_overwritten_page_of_the_files_table_is_detected_and_the_song_ids_are_recovered()
    {
        var song = Song("a.mp3");
        using (var index = Open())
        {
            index.PutSongIds(
                [new(Hash(song), 7)], new Dictionary<ContentHash, IdReceipt> { [Hash(song)] = IdReceipt.Sign([1], Hash(song), 7) });
            index.Put([.. Enumerable.Range(0, 500).Select(number => song with { Entry = ((SongFile)song.Entry) with { Path = $"/{number}/" + new string('x', 200) } })]);
        }

        using (var file = File.OpenWrite(IndexPath))
        {
            file.Position = file.Length - 3 * 4096;
            file.Write(Junk(4096));
        }

        using var again = LibraryIndex.Open(IndexPath, out var notice);
        Assert.Equal(1, notice?.SavedSongIds);
        Assert.Equal(7, again.SongIds()[Hash(song)]);
        Assert.Equal(IdReceipt.Sign([1], Hash(song), 7), again.SongReceipts()[Hash(song)]);
    }

    [Fact]
    public void Damage_found_while_the_index_is_open_is_repaired_immediately()
    {
        var song = Song("a.mp3");
        using (var first = Open())
        {
            first.PutSongIds([new(Hash(song), 7)]);
            first.Put([song]);
        }

        Sql("UPDATE files SET tags = x'FFFFFF'");
        using var index = Open();
        var notices = new List<IndexNotice>();
        index.Rebuilt += notices.Add;
        Assert.Null(index.Find(song.Entry.Path));
        Assert.Single(notices);
        index.Put([song]);
        Assert.Equal((song.Entry, 7), (index.Find(song.Entry.Path), index.SongIds()[Hash(song)]));
    }

    public static TheoryData<string> WrongRows => new(
        "length = -1", "modified = -7", "modified = 9223372036854775807", "payload_offset = NULL", "payload_offset = -1",
        "payload_length = 0", "payload_length = 9223372036854775807", "payload_length = 'x'", "hash = x'0102'", "hash = 'text'",
        "hash = NULL", "format = NULL", "tags = NULL", "tags = x'FFFFFF'", "tags = x''", "format = x'FF'", "length = 1.5",
        "skip_reason = 99", "skip_reason = 8", "skip_reason = -1", "inode = 'x'");

    [Theory]
    [MemberData(nameof(WrongRows))]
    public void An_invalid_row_is_dropped_with_one_notice_and_the_others_are_kept(string wrong)
    {
        var (song, other) = (Song("a.mp3"), Song("b.mp3", 2));
        using (var first = Open())
        {
            first.PutSongIds([new(Hash(song), 7)]);
            first.Put([song, other]);
        }

        Sql($"UPDATE files SET {wrong} WHERE path LIKE '%/a.mp3'");
        using var index = LibraryIndex.Open(IndexPath, out var notice);
        var notices = new List<IndexNotice>();
        index.Rebuilt += notices.Add;
        var loaded = index.Load(_ => null);
        if (notice is not null)
            notices.Add(notice);

        Assert.Equal([other.Entry], loaded.Values);
        Assert.Equal([other.Entry.Path], index.Paths());
        Assert.Equal("the library index was damaged: 1 invalid row was dropped; affected files will be read again",
            Assert.Single(notices).Text);
        Assert.Equal(7, index.SongIds()[Hash(song)]);
        index.Put([song]);
        Assert.Equal(song.Entry, index.Find(song.Entry.Path));
    }

    [Fact]
    public void Invalid_rows_that_appear_while_the_index_is_open_are_dropped_with_one_notice()
    {
        using var index = Open();
        var songs = Enumerable.Range(0, 5000).Select(number => Song("a.mp3") with
        {
            Entry = new SongFile($"/m/{number}", new FileStat(9, 1), 0, 1, MerkleTree.Root(new byte[32]), new AudioFormat(), new SongTags { Title = "x" }),
        });
        index.Put([.. songs]);
        var notices = new List<IndexNotice>();
        index.Rebuilt += notices.Add;
        Sql("UPDATE files SET hash = x'01' WHERE path LIKE '%7'");

        Assert.Equal(4500, index.Load(_ => null).Count);
        Assert.Equal("500 invalid rows were dropped", Assert.Single(notices).Defect);
        Assert.Null(notices[0].SetAsidePath);
    }

    [Theory]
    [InlineData("id = -7")]
    [InlineData("id = 0")]
    [InlineData("id = 2147483648")]
    [InlineData("id = 'x'")]
    [InlineData("hash = x'00'")]
    [InlineData("hash = 'x'")]
    public void An_invalid_song_id_is_dropped(string wrong)
    {
        var (one, two) = (new ContentHash(new byte[32]), new ContentHash([1, .. new byte[31]]));
        using (var first = Open())
            first.PutSongIds([new(one, 7), new(two, 8)]);
        Sql($"UPDATE song_ids SET {wrong} WHERE id = 7");
        using (var index = LibraryIndex.Open(IndexPath, out var notice))
        {
            Assert.NotNull(notice);
            Assert.Null(notice.SetAsidePath);
            Assert.Equal(new Dictionary<ContentHash, int> { [two] = 8 }, index.SongIds());
        }

        using var again = Open();
        Sql($"UPDATE song_ids SET {wrong} WHERE id = 8");
        Assert.Empty(again.SongIds());
    }

    [Fact]
    public void Rows_with_NULL_are_dropped_from_an_index_whose_tables_allow_NULL()
    {
        using (Open())
        {
        }

        Sql("DROP TABLE song_ids; CREATE TABLE song_ids (hash BLOB, id INTEGER); INSERT INTO song_ids VALUES (NULL, 7), (zeroblob(32), NULL)");
        using var index = LibraryIndex.Open(IndexPath, out var notice);
        Assert.Equal("2 invalid rows were dropped", notice?.Defect);
        Assert.Empty(index.SongIds());
    }

    [Theory]
    [InlineData("CREATE TRIGGER evil AFTER INSERT ON files BEGIN UPDATE files SET payload_offset = 1; END")]
    [InlineData("CREATE VIEW evil AS SELECT 1")]
    [InlineData("ALTER TABLE files RENAME COLUMN tags TO other")]
    public void An_index_with_a_foreign_trigger_view_or_column_is_set_aside(string change)
    {
        using (Open())
        {
        }

        Sql(change);
        using var index = LibraryIndex.Open(IndexPath, out var notice);
        Assert.Equal("it is not a library index", notice?.Defect);
    }

    [Fact]
    public void Invisible_characters_that_an_older_version_stored_are_removed()
    {
        var song = Song("a.mp3");
        using (var first = Open())
            first.Put([song]);
        var tags = Convert.ToHexString(Google.Protobuf.MessageExtensions.ToByteArray(new SongTags { Title = "a\u200Bb\u202Ec" }));
        Sql($"UPDATE files SET tags = x'{tags}'");
        using var index = Open();
        Assert.Equal("abc", ((SongFile)index.Find(song.Entry.Path)!).Tags.Title);
    }

    [Fact]
    public void Only_the_user_can_read_the_index_files()
    {
        using var index = Open();
        index.Put([Song("a.mp3")]);
        if (OperatingSystem.IsWindows())
            return; // the file inherits its permissions
        foreach (var file in Directory.GetFiles(_folder.In("data")))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void An_index_of_the_first_version_is_upgraded_without_loss()
    {
        var song = Song("a.mp3");
        using (var index = Open())
            index.Put([song]);
        Sql("DROP INDEX files_by_stamp; DROP INDEX song_ids_by_id; PRAGMA user_version = 1");
        using var again = Open();
        // The cover and the ReplayGain of a song that an older version has read are unknown.
        var upgraded = ((SongFile)song.Entry) with { CoverSource = CoverSource.Unknown };
        Assert.Equal(upgraded, again.Find(song.Entry.Path));
        Assert.Equal([upgraded], again.FindSongs(song.Entry.Stat));
    }

    [Fact]
    public void An_id_belongs_to_only_one_song()
    {
        using var index = Open();
        var (one, two) = (new ContentHash(new byte[32]), new ContentHash([1, .. new byte[31]]));
        index.PutSongIds([new(one, 7)]);
        index.PutSongIds([new(two, 7), new(one, 8)]);
        index.PutSongIds([new(one, 7)]);
        Assert.Equal(new Dictionary<ContentHash, int> { [one] = 7 }, index.SongIds());
    }

    [Fact]
    public void Receipts_are_stored_and_dropped_with_their_ids()
    {
        var (one, two) = (new ContentHash(new byte[32]), new ContentHash([1, .. new byte[31]]));
        var receipt = IdReceipt.Sign([1], one, 7);
        using (var index = Open())
            index.PutSongIds([new(one, 7), new(two, 8)], new Dictionary<ContentHash, IdReceipt> { [one] = receipt });
        using var again = Open();
        Assert.Equal(new Dictionary<ContentHash, IdReceipt> { [one] = receipt }, again.SongReceipts());
        again.PutSongIds([new(one, 9)]);
        Assert.Empty(again.SongReceipts());
    }

    [Fact]
    public void An_index_without_receipts_is_upgraded_without_loss()
    {
        var hash = new ContentHash(new byte[32]);
        using (var index = Open())
            index.PutSongIds([new(hash, 7)]);
        Sql("ALTER TABLE song_ids DROP COLUMN receipt; PRAGMA user_version = 3");
        using (var again = Open())
        {
            Assert.Equal(7, again.SongIds()[hash]);
            again.PutSongIds([new(hash, 7)], new Dictionary<ContentHash, IdReceipt> { [hash] = IdReceipt.Sign([1], hash, 7) });
            Assert.Single(again.SongReceipts());
        }
    }

    [Fact]
    public void Load_returns_all_entries_and_reuses_those_in_memory()
    {
        var songs = Enumerable.Range(0, 4500).Select(number => new SongFile(
            $"/music/{number}.mp3", new FileStat(number + 1, 1), 0, 1, MerkleTree.Root(new byte[32]), new AudioFormat(), new SongTags { Title = $"{number}" })).ToList();
        using var index = Open();
        index.Put([.. songs.Select(song => new FileReading(song, new byte[32]))]);
        var held = songs.Take(100).ToDictionary(song => song.Path);
        var all = index.Load(held.GetValueOrDefault);
        Assert.Equal(songs.ToDictionary(song => song.Path, LibraryEntry (song) => song), all);
        Assert.All(held, song => Assert.Same(song.Value, all[song.Key]));
    }

    [Fact]
    public void At_most_three_damaged_files_are_kept()
    {
        for (var round = 0; round < 6; round++)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(IndexPath)!);
            File.WriteAllBytes(IndexPath, Junk(5000));
            LibraryIndex.Open(IndexPath, out _).Dispose();
        }

        Assert.Equal(3, Directory.GetFiles(_folder.In("data"), "*.damaged-*").Length);
    }

    [Fact]
    public void Opening_an_unusable_path_and_using_a_disposed_index_both_throw()
    {
        Directory.CreateDirectory(IndexPath);
        Assert.Contains(
            IndexPath, Assert.Throws<LibraryIndexException>(() => LibraryIndex.Open(IndexPath, out _)).Message, StringComparison.Ordinal);
        var index = LibraryIndex.Open(_folder.In("other.db"), out _);
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Find("x"));
    }

    [Fact]
    public void Several_threads_can_use_the_index()
    {
        using var index = Open();
        var songs = Enumerable.Range(0, 40).Select(number => Song($"{number}.mp3", number)).ToArray();
        Parallel.ForEach(songs, song =>
        {
            index.Put([song]);
            Assert.Equal(song.Entry, index.Find(song.Entry.Path));
            Assert.NotNull(index.Leaves(Hash(song)));
        });
        Assert.Equal(40, index.Paths().Count);
    }

    private static ContentHash Hash(FileReading song) => ((SongFile)song.Entry).Hash;

    private FileReading Song(string name, int seed = 1) => SongFile.Read(_folder.Write(name, Frames(60, seed: seed)));

    private LibraryIndex Open()
    {
        var index = LibraryIndex.Open(IndexPath, out var notice);
        Assert.Null(notice);
        return index;
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={IndexPath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // All statements are constants in this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
