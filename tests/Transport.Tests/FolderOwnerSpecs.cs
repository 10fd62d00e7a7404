using TspActors.Transport.Tls;

namespace TspActors.Transport.Tests;

/// <summary>Checks to whom the files belong that root creates in the folder of another user.</summary>
public sealed class FolderOwnerSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-owner-").FullName;

    public FolderOwnerSpecs()
    {
        if (AnotherUser.CanOwn)
            AnotherUser.Own(_folder);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_key_belongs_to_the_owner_of_its_folder()
    {
        KeyFile.LoadOrCreate(_folder).Dispose();

        var file = Assert.Single(Directory.GetFiles(_folder));
        Assert.Equal(AnotherUser.CanOwn, AnotherUser.CanOwn && AnotherUser.Owns(file));
    }

    [Fact]
    public void A_file_that_exists_keeps_its_owner()
    {
        var target = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "of this user")).FullName, "file");
        File.WriteAllText(target, "mine");
        var link = File.CreateSymbolicLink(Path.Combine(_folder, "lock"), target).FullName;

        using (var opened = Open(link))
            Assert.Equal(4, opened.Length);
        using (var created = Open(Path.Combine(_folder, "new")))
            Assert.Equal(0, created.Length);

        if (!AnotherUser.CanOwn)
            return;
        Assert.False(AnotherUser.Owns(target));
        Assert.True(AnotherUser.Owns(Path.Combine(_folder, "new")));
    }

    private static FileStream Open(string path) =>
        FolderOwner.OpenOrCreate(path, mode => new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None));
}
