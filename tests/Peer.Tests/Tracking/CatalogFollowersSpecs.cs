using TspActors.Gateway.Swarm;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

public sealed class CatalogFollowersSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private readonly CatalogFollowers _followers = new();

    [Fact]
    public async Task A_very_long_page_is_split_into_several_messages()
    {
        _followers.Add(TestActor);

        _followers.Listed(Songs(10), isFirst: true, isLast: false);
        _followers.Listed(Songs(2_500), isFirst: false, isLast: true);
        _followers.Listed(Songs(2_000), isFirst: true, isLast: false);
        _followers.Listed([], isFirst: true, isLast: true);

        Assert.Equal(
            [
                (10, true, false), (1_000, false, false), (1_000, false, false), (500, false, true),
                (1_000, true, false), (1_000, false, false), (0, true, true),
            ],
            [
                await PartAsync(), await PartAsync(), await PartAsync(), await PartAsync(), await PartAsync(), await PartAsync(),
                await PartAsync(),
            ]);
    }

    [Fact]
    public async Task A_change_is_passed_on_to_each_follower()
    {
        var other = CreateTestProbe();
        _followers.Add(TestActor);
        _followers.Add(other.Ref);

        _followers.Changed(new CatalogDelta { Changed = { Songs(1) }, Removed = { 7 } });

        foreach (var change in new[] { await ExpectMsgAsync<CatalogChanged>(), await other.ExpectMsgAsync<CatalogChanged>() })
            Assert.Equal((1, 7), (change.Changed.Single().Id, change.Removed.Single()));
    }

    [Fact]
    public void Followers_that_have_two_messages_to_apply_are_not_ready_for_more()
    {
        _followers.Add(TestActor);
        Assert.True(_followers.AreReady);
        _followers.Listed([], isFirst: true, isLast: false);
        Assert.True(_followers.AreReady);
        _followers.Changed(new CatalogDelta());
        Assert.False(_followers.AreReady);

        _followers.Applied(TestActor);
        Assert.True(_followers.AreReady);
    }

    [Fact]
    public void A_follower_that_has_restarted_or_terminated_is_not_waited_for()
    {
        _followers.Add(TestActor);
        _followers.Listed([], isFirst: true, isLast: false);
        _followers.Listed([], isFirst: false, isLast: false);
        _followers.Add(TestActor);
        Assert.True(_followers.AreReady);
        // It confirms the messages that it received before the restart.
        _followers.Applied(TestActor);
        _followers.Applied(CreateTestProbe().Ref);
        Assert.True(_followers.AreReady);

        _followers.Listed([], isFirst: true, isLast: false);
        _followers.Listed([], isFirst: false, isLast: false);
        _followers.Remove(TestActor);
        Assert.True(_followers is { AreReady: true, Any: false });
    }

    private async Task<(int Songs, bool IsFirst, bool IsLast)> PartAsync()
    {
        var part = await ExpectMsgAsync<CatalogListed>();
        return (part.Songs.Count, part.IsFirst, part.IsLast);
    }

    private static Song[] Songs(int count) => [.. Enumerable.Range(1, count).Select(id => new Song { Id = id })];
}
