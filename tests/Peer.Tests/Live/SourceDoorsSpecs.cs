using TspActors.Peer.Live;
using TspActors.Peer.Live.Sources;

namespace TspActors.Peer.Tests.Live;

public sealed class SourceDoorsSpecs
{
    private static readonly FeedSettings Feed = new("Ana's radio", new FeedSource.Icecast(8_000, "/live"));

    [Fact]
    public void A_password_that_cannot_be_stored_refuses_the_feed_with_the_reason()
    {
        var doors = new SourceDoors("127.0.0.1", () => throw new IOException("No space left on device"));

        var refusal = doors.Refusal(Feed);

        Assert.Contains("No space left on device", refusal, StringComparison.Ordinal);
        Assert.Null(doors.Refusal(Feed with { Password = "hush" }));
        Assert.Null(doors.Refusal(new FeedSettings("Ben's radio", new FeedSource.StandardInput())));
    }
}
