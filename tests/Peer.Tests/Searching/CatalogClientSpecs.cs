using Akka.Actor;
using TspActors.Peer.Terminal;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Searching;

/// <summary>Checks that a text without a word names no song, although the tracker's search would match every song.</summary>
public sealed class CatalogClientSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u200B")]
    [InlineData("\u00AD \u200E")]
    [InlineData("\u0301")]
    [InlineData("\uFFFD")]
    public async Task A_text_without_a_word_names_no_song_and_the_tracker_is_not_asked(string text)
    {
        var link = CreateTestProbe();
        var catalog = new CatalogClient(link, Deadline);

        await Assert.ThrowsAsync<CommandException>(() => catalog.FindAsync(text));
        await Assert.ThrowsAsync<CommandException>(() => catalog.FindSeveralAsync(text, 10));
        if (!string.IsNullOrWhiteSpace(text))
            await Assert.ThrowsAsync<CommandException>(() => catalog.FindSeveralAsync($"all {text}", 10));

        await link.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("!!!")]
    [InlineData("?")]
    public async Task Signs_are_looked_for_like_words(string text)
    {
        var link = CreateTestProbe();

        var finding = new CatalogClient(link, Deadline).FindAsync(text);
        Assert.Equal(text, (await link.ExpectMsgAsync<ListSongs>(Deadline)).Query);
        link.Reply(new SongPage());

        var error = await Assert.ThrowsAsync<CommandException>(() => finding);
        Assert.Contains($"no song matches \"{text}\"", error.Message, StringComparison.Ordinal);
    }
}
