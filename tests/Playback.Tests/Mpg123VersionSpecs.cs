using System.IO.Compression;
using TspActors.Playback.Mpg123;

namespace TspActors.Playback.Tests;

/// <summary>Checks which versions of libmpg123 may decode songs from strangers.</summary>
public sealed class Mpg123VersionSpecs
{
    [Theory]
    [InlineData("1.32.8", true)]
    [InlineData("1.33.0", true)]
    [InlineData("1.32.7", false)]
    [InlineData(null, false)]
    public void Only_versions_from_1_32_8_on_are_accepted_by_their_number(string? version, bool isSafe)
    {
        var problem = Mpg123Version.FindProblem(version is null ? null : new Version(version), []);

        Assert.Equal(isSafe, problem is null);
        if (!isSafe)
            Assert.Contains("--audio mpg123-program", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_version_is_accepted_if_the_changelog_of_its_package_mentions_the_fix()
    {
        Assert.Null(Mpg123Version.FindProblem(null, [() => Changelog("other"), () => Changelog("  * Fix CVE-2024-10573.")]));
        Assert.NotNull(Mpg123Version.FindProblem(null, [() => Changelog("  * Fix CVE-2017-12797.")]));
        Assert.NotNull(Mpg123Version.FindProblem(null, [() => new MemoryStream([1, 2, 3])]));
    }

    private static MemoryStream Changelog(string text)
    {
        var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionMode.Compress, leaveOpen: true))
            zip.Write(System.Text.Encoding.ASCII.GetBytes(text));
        bytes.Position = 0;
        return bytes;
    }
}
