using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TspActors.Configuration.DataFolders;

namespace TspActors.Configuration.Tests.DataFolders;

/// <summary>Checks that a restored folder equals the one that was backed up, and that hostile archives change nothing.</summary>
public sealed class FolderBackupSpecs : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tsp-backup-").FullName;
    private readonly FolderContents _folder;

    public FolderBackupSpecs()
    {
        _folder = At("data");
        Directory.CreateDirectory(_folder.Path);
        File.WriteAllText(In("data/key.pem"), "secret");
        File.WriteAllBytes(In("data/ids"), RandomNumberGenerator.GetBytes(100_000));
        File.WriteAllText(In("data/other"), "of another program");
        File.WriteAllText(In("data/lock"), "");
        _folder.Format.Upgrade(_folder.Path);
    }

    private string Archive => In("a.tar.gz");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_restored_folder_has_the_same_files_and_only_the_owner_may_read_them()
    {
        var manifest = FolderBackup.Write(_folder, Archive, overwrites: false);
        var (_, former) = FolderRestore.Run(At("copy"), Archive, replaces: false);

        Assert.Null(former);
        Assert.Equal(["ids", "key.pem", "version"], manifest.Files.Select(file => file.Name));
        Assert.Equal(["ids", "key.pem", "version"], Names("copy"));
        foreach (var name in Names("copy"))
            Assert.Equal(File.ReadAllBytes(In($"data/{name}")), File.ReadAllBytes(In($"copy/{name}")));
        Assert.Equal(["a.tar.gz", "copy", "data"], Names(""));
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Archive));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("copy/key.pem")));
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_an_error_for_the_user_wherever_the_archive_goes()
    {
        File.WriteAllText(In("data/library.db"), "");
        var folder = _folder with
        {
            IsKept = _ => true,
            CopyDatabase = (from, _) => throw new UnauthorizedAccessException($"Access to {from} is denied."),
        };

        foreach (var write in new Action[]
        {
            () => FolderBackup.Write(folder, Archive, overwrites: false),
            () => FolderBackup.Write(folder, Stream.Null, In("staging")),
        })
            Assert.Contains("library.db", Assert.Throws<IOException>(write).Message, StringComparison.Ordinal);

        Assert.Equal(["data"], Names(""));
    }

    [Fact]
    public void A_file_that_exists_is_replaced_only_by_force()
    {
        File.WriteAllText(Archive, "mine");

        var error = Assert.Throws<IOException>(() => FolderBackup.Write(_folder, Archive, overwrites: false));
        Assert.Contains("--force", error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Archive));

        FolderBackup.Write(_folder, Archive, overwrites: true);
        FolderRestore.Run(At("copy"), Archive, replaces: false);
    }

    [Fact]
    public void A_folder_with_files_is_moved_aside_only_by_force()
    {
        FolderBackup.Write(_folder, Archive, overwrites: false);
        File.WriteAllText(In("data/key.pem"), "changed");

        Assert.Throws<IOException>(() => FolderRestore.Run(_folder, Archive, replaces: false));
        Assert.Equal("changed", File.ReadAllText(In("data/key.pem")));
        var (_, former) = FolderRestore.Run(_folder, Archive, replaces: true);

        Assert.Equal("secret", File.ReadAllText(In("data/key.pem")));
        Assert.Equal("changed", File.ReadAllText(Path.Combine(former!, "key.pem")));
        Assert.Equal("of another program", File.ReadAllText(Path.Combine(former!, "other")));
    }

    [Fact]
    public void A_folder_in_use_is_not_restored()
    {
        FolderBackup.Write(_folder, Archive, overwrites: false);
        using var held = new FileStream(In("data/lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        var error = Assert.Throws<IOException>(() => FolderRestore.Run(_folder, Archive, replaces: true));

        Assert.Contains("stop it first", error.Message, StringComparison.Ordinal);
        Assert.Equal(["a.tar.gz", "data"], Names(""));
    }

    [Fact]
    public void A_damaged_or_short_archive_changes_nothing()
    {
        FolderBackup.Write(_folder, Archive, overwrites: false);
        var bytes = File.ReadAllBytes(Archive);
        for (var at = 0; at < bytes.Length; at += 997)
        {
            File.WriteAllBytes(Archive, bytes.AsSpan(0, at).ToArray());
            Refused();
        }

        bytes[bytes.Length / 2] ^= 0x40;
        File.WriteAllBytes(Archive, bytes);
        Refused();
    }

    [Theory]
    [InlineData("../key.pem")]
    [InlineData("/key.pem")]
    [InlineData("a/key.pem")]
    [InlineData("a\\key.pem")]
    [InlineData("..")]
    [InlineData("lock")]
    [InlineData("other")]
    public void A_name_that_does_not_belong_in_a_data_folder_is_refused(string name)
    {
        Craft([(name, "x")]);
        Refused();
    }

    [Fact]
    public void A_link_in_an_archive_is_refused()
    {
        Craft([("key.pem", "")], TarEntryType.SymbolicLink);
        Refused();
    }

    [Fact]
    public void A_newer_format_or_another_program_is_refused()
    {
        Craft([("key.pem", "x")], format: 2);
        Assert.Contains("format 2", Refused(), StringComparison.Ordinal);
        Craft([("key.pem", "x")], program: "tsp-other");
        Assert.Contains("tsp-other", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_larger_than_the_manifest_says_is_refused()
    {
        Craft([("key.pem", new string('x', 1_000_000))], claimed: 10);
        Refused();
    }

    [Fact]
    public void A_file_that_occurs_twice_is_refused()
    {
        Craft([("key.pem", "x"), ("key.pem", "x")]);
        Refused();
    }

    [Fact]
    public void A_good_archive_made_by_hand_is_restored()
    {
        Craft([("key.pem", "x")]);

        FolderRestore.Run(At("copy"), Archive, replaces: false);

        Assert.Equal("x", File.ReadAllText(In("copy/key.pem")));
    }

    private string Refused()
    {
        var error = Assert.Throws<IOException>(() => FolderRestore.Run(At("copy"), Archive, replaces: true));
        Assert.Equal(["a.tar.gz", "data"], Names(""));
        return error.Message;
    }

    private void Craft(
        (string Name, string Text)[] files, TarEntryType type = TarEntryType.RegularFile, int format = 1, string program = "tsp-test",
        long? claimed = null)
    {
        var manifest = new BackupManifest(program, "9.0.0", format, DateTimeOffset.UnixEpoch, [.. files.Select(file => new BackupEntry(
            file.Name, claimed ?? file.Text.Length, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Text)))))]);
        using var packed = new GZipStream(File.Create(Archive), CompressionLevel.Fastest);
        using var tar = new TarWriter(packed, TarEntryFormat.Pax);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "manifest.json")
        {
            DataStream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest)),
        });
        foreach (var (name, text) in files)
        {
            var entry = new PaxTarEntry(type, name);
            if (type == TarEntryType.SymbolicLink)
                entry.LinkName = "/etc/passwd";
            else
                entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text));
            tar.WriteEntry(entry);
        }
    }

    private IEnumerable<string?> Names(string folder) =>
        Directory.GetFileSystemEntries(In(folder)).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private FolderContents At(string name) => new(
        new FolderFormat("tsp-test", "0.2.0", []), In(name), file => file is "key.pem" or "ids" or "version");

    private string In(string name) => Path.Combine(_root, name);
}
