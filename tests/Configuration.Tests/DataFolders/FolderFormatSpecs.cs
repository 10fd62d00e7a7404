using TspActors.Configuration.DataFolders;

namespace TspActors.Configuration.Tests.DataFolders;

/// <summary>Checks that a data folder of a newer format is refused, and that an older one is upgraded with copies.</summary>
public sealed class FolderFormatSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-format-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_without_a_version_gets_one()
    {
        new FolderFormat("tsp-peer", "0.2.0", []).Upgrade(_folder);

        Assert.Equal("1 tsp-peer 0.2.0\n", File.ReadAllText(In("version")));
        Assert.Equal(["version"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_missing_folder_is_not_created_by_a_check()
    {
        new FolderFormat("tsp-peer", "0.2.0", []).Check(In("missing"));

        Assert.False(Directory.Exists(In("missing")));
    }

    [Fact]
    public void A_newer_format_is_refused_and_nothing_changes()
    {
        File.WriteAllText(In("version"), "2 tsp-peer 0.9.0\n");

        var error = Assert.Throws<FolderFormatException>(() => new FolderFormat("tsp-peer", "0.2.0", []).Upgrade(_folder));

        Assert.Contains($"{_folder} has format 2, written by tsp-peer 0.9.0", error.Message, StringComparison.Ordinal);
        Assert.Equal("2 tsp-peer 0.9.0\n", File.ReadAllText(In("version")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0 tsp-peer 0.2.0")]
    [InlineData("-1 tsp-peer 0.2.0")]
    [InlineData("99999999999 tsp-peer 0.2.0")]
    [InlineData("1 tsp-peer\n2 tsp-peer")]
    [InlineData("9 \u001b[31mred")]
    public void Garbage_is_an_error_and_is_not_overwritten(string text)
    {
        File.WriteAllText(In("version"), text);

        var error = Assert.Throws<FolderFormatException>(() => new FolderFormat("tsp-peer", "0.2.0", []).Upgrade(_folder));

        Assert.StartsWith(In("version"), error.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(In("version")));
    }

    [Fact]
    public void An_older_folder_is_upgraded_step_by_step_and_the_former_files_are_kept()
    {
        File.WriteAllText(In("songs"), "one");
        var format = new FolderFormat("tsp-peer", "0.3.0", [Append("two"), Append("three")]);

        format.Upgrade(_folder);
        format.Upgrade(_folder);

        Assert.Equal("onetwothree", File.ReadAllText(In("songs")));
        Assert.Equal("one", File.ReadAllText(In("backup-before-2/songs")));
        Assert.Equal("onetwo", File.ReadAllText(In("backup-before-3/songs")));
        Assert.Equal("3 tsp-peer 0.3.0\n", File.ReadAllText(In("version")));
    }

    [Fact]
    public void An_interrupted_upgrade_continues_from_the_format_that_was_reached_and_keeps_the_first_copies()
    {
        File.WriteAllText(In("songs"), "one");
        var failing = new FolderStep(["songs"], folder =>
        {
            File.AppendAllText(Path.Combine(folder, "songs"), "half");
            throw new IOException("disk full");
        });
        Assert.Throws<IOException>(() => new FolderFormat("tsp-peer", "0.3.0", [Append("two"), failing]).Upgrade(_folder));
        Assert.Equal("2 tsp-peer 0.3.0\n", File.ReadAllText(In("version")));

        new FolderFormat("tsp-peer", "0.3.0", [Append("two"), Append("three")]).Upgrade(_folder);

        Assert.Equal("onetwohalfthree", File.ReadAllText(In("songs")));
        Assert.Equal("onetwo", File.ReadAllText(In("backup-before-3/songs")));
    }

    private static FolderStep Append(string text) =>
        new(["songs", "absent"], folder => File.AppendAllText(Path.Combine(folder, "songs"), text));

    private string In(string name) => Path.Combine(_folder, name);
}
