using TspActors.Peer.Live;
using TspActors.Peer.Live.Sources;

namespace TspActors.Peer.Tests.Live;

public sealed class SourceDoorsSpecs
{
    private static readonly FeedSettings Feed = new("Ana's radio", new FeedSource.Icecast(8_000, "/live"));

    [Fact]
    public void A_feed_whose_password_cannot_be_stored_is_refused_with_the_reason()
    {
        var doors = new SourceDoors("127.0.0.1", () => throw new IOException("No space left on device"));

        var refusal = doors.Refusal(Feed);

        Assert.Contains("No space left on device", refusal, StringComparison.Ordinal);
        Assert.Null(doors.Refusal(Feed with { Password = "hush" }));
        Assert.Null(doors.Refusal(new FeedSettings("Ben's radio", new FeedSource.StandardInput())));
    }
}
