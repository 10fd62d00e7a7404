using TspActors.Peer.Library;

namespace TspActors.Peer.Tests.Library;

public sealed class LibrarySettingsSpecs
{
    [Fact]
    public void Patterns_prefixed_with_the_name_of_a_music_folder_apply_only_to_that_folder()
    {
        var settings = new LibrarySettings { Exclude = ["*.part.mp3", "Vinyl:demo/", "other:x.mp3"], Include = ["Tapes:side a/"] };

        var roots = settings.Roots(["Vinyl=/srv/vinyl", "Tapes=/srv/tapes", "/srv/rest"]);

        Assert.Equal([true, true, true], roots.Select(root => root.Exclude.SelectsFile("a.part.mp3")));
        Assert.Equal([true, false, false], roots.Select(root => root.Exclude.SelectsFile("demo/a.mp3")));
        Assert.Equal([true, true, true], roots.Select(root => root.Exclude.SelectsFile("other:x.mp3")));
        Assert.Equal([true, false, true], roots.Select(root => root.Include.IsEmpty));
        Assert.True(roots[1].Include.SelectsFile("side a/1.mp3"));
    }
}
