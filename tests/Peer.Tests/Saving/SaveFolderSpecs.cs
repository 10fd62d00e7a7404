using TspActors.Peer.Saving;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Saving;

/// <summary>Checks how the folders of a pattern are created below the folder where songs are saved.</summary>
public sealed class SaveFolderSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_are_created_and_reused()
    {
        var made = SaveFolder.Make(_folder.Path, ["Artist", "Album"]);

        Assert.Equal(_folder.In("Artist", "Album"), made);
        Assert.True(Directory.Exists(made));
        Assert.Equal(made, SaveFolder.Make(_folder.Path, ["Artist", "Album"]));
    }

    [Fact]
    public void A_link_in_place_of_a_folder_is_not_followed()
    {
        var elsewhere = Directory.CreateDirectory(_folder.In("elsewhere")).FullName;
        var here = Directory.CreateDirectory(_folder.In("here")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(here, "Artist"), elsewhere);

        var error = Assert.Throws<IOException>(() => SaveFolder.Make(here, ["Artist", "Album"]));

        Assert.Contains("is a link", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public void A_file_in_place_of_a_folder_and_a_missing_folder_are_reported()
    {
        File.WriteAllText(_folder.In("Artist"), "");

        Assert.Contains(
            "is a file", Assert.Throws<IOException>(() => SaveFolder.Make(_folder.Path, ["Artist"])).Message, StringComparison.Ordinal);
        Assert.Contains(
            "does not exist", Assert.Throws<IOException>(() => SaveFolder.Make(_folder.In("gone"), ["Artist"])).Message,
            StringComparison.Ordinal);
    }
}
