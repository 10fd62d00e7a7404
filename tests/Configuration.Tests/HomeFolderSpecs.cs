namespace TspActors.Configuration.Tests;

/// <summary>Checks how paths in settings are expanded.</summary>
public sealed class HomeFolderSpecs
{
    [Theory]
    [InlineData("~", "/home/anna")]
    [InlineData("~/Music", "/home/anna/Music")]
    [InlineData("~bob/Music", "~bob/Music")]
    [InlineData("/srv/~/music", "/srv/~/music")]
    [InlineData("", "")]
    public void A_leading_tilde_stands_for_the_home_folder(string path, string expanded) =>
        Assert.Equal(expanded, HomeFolder.Expand(path, "/home/anna"));

    [Fact]
    public void Without_a_home_folder_a_path_with_a_leading_tilde_cannot_be_expanded()
    {
        Assert.Null(HomeFolder.Expand("~/Music", null));
        Assert.Equal("/srv/music", HomeFolder.Expand("/srv/music", null));
    }
}
