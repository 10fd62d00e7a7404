using Google.Protobuf;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

public sealed class ResumeSecretsSpecs
{
    private static readonly TrackerAddress Tracker = new("tracker.example", 7070);

    private readonly ResumeSecrets _secrets = new();

    [Fact]
    public void Without_a_cluster_the_secret_of_the_last_welcome_is_used_only_for_its_tracker()
    {
        var secret = ResumeSecret.NewRandom();
        _secrets.Remember(Tracker, ResumeSecret.NewRandom(), []);
        _secrets.Remember(Tracker, secret, []);
        Assert.Equal(secret, _secrets.Find(Tracker));
        Assert.True(_secrets.Find(Tracker with { Port = 7071 }).IsEmpty);
    }

    [Fact]
    public void The_secret_of_the_last_welcome_is_shown_to_trackers_of_the_same_cluster_but_to_no_other_tracker()
    {
        var (there, last) = (ResumeSecret.NewRandom(), ResumeSecret.NewRandom());
        var (sibling, other) = (new TrackerAddress("Two.example", 7070), new TrackerAddress("other.example", 7070));
        _secrets.Remember(sibling, there, []);
        _secrets.Remember(Tracker, last, [new TrackerAddress("two.example", 7070)]);

        Assert.Equal(last, _secrets.Find(sibling));
        Assert.Equal(last, _secrets.Find(Tracker));
        Assert.True(_secrets.Find(other).IsEmpty);
        _secrets.Remember(Tracker, last, []);
        Assert.Equal(there, _secrets.Find(sibling));
    }

    [Fact]
    public void A_welcome_with_a_secret_of_the_wrong_size_clears_the_stored_one()
    {
        _secrets.Remember(Tracker, ResumeSecret.NewRandom(), []);
        _secrets.Remember(Tracker, ByteString.CopyFrom(1, 2, 3), []);
        Assert.True(_secrets.Find(Tracker).IsEmpty);
    }

    [Fact]
    public void The_number_of_stored_secrets_is_bounded()
    {
        for (var port = 1; port <= 1_000; port++)
            _secrets.Remember(Tracker with { Port = port }, ResumeSecret.NewRandom(), []);
        Assert.InRange(Enumerable.Range(1, 1_000).Count(port => !_secrets.Find(Tracker with { Port = port }).IsEmpty), 1, 64);
    }
}
