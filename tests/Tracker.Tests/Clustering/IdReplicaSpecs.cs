using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Tests a tracker's replica of the song ids with a probe in place of the allocator.</summary>
public sealed class IdReplicaSpecs : ProbeSpec
{
    private readonly IdMemory _memory = new(ReceiptKeys.New(), OfferRule.AtOnce);
    private readonly TestProbe _allocator;
    private readonly IActorRef _replica;
    private int _requests;

    public IdReplicaSpecs()
    {
        _allocator = CreateTestProbe();
        _replica = Replica(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_song_whose_id_contradicts_the_known_ones_is_refused_after_one_request_and_the_rest_of_the_share_is_applied()
    {
        _replica.Tell(new SongsListed([(Samples.Hash(9), 1)]));
        Answer(song => (song, song == Samples.Hash(1) ? 1 : 2));

        var songs = (await ShareAsync(_replica, Samples.Songs(2))).Added;

        Assert.Equal([SongRegistry.Disagreement, null], songs.Select(song => song.Refusal));
        Assert.Equal((2, true), (songs[1].LastId, songs[1].HasId));
        Assert.Equal(1, _requests);
    }

    [Fact]
    public async Task A_share_whose_songs_never_receive_ids_is_applied_without_them_after_its_timeout()
    {
        // The allocator gives the id to another song, every time.
        Answer(_ => (Samples.Hash(7), 7));

        Assert.NotNull(Assert.Single((await ShareAsync(Replica(TimeSpan.FromMilliseconds(100)), Samples.Songs(1))).Added).Refusal);
    }

    private IActorRef Replica(TimeSpan timeout) => Sys.ActorOf(IdReplicaActor.Props(_allocator, timeout, _memory));

    private async Task<SharedBatch> ShareAsync(IActorRef replica, params SharedSong[] songs)
    {
        var batch = new SharedBatch(true, true, [.. songs.Select(song => OfferedSong.FromShared(song))], [], null);
        replica.Tell(new ResolveIds(Samples.Peer(1), batch, Nobody.Instance), TestActor);
        return (await ExpectMsgAsync<ApplyResolvedShare>()).Share;
    }

    private void Answer(Func<ContentHash, (ContentHash Hash, int Id)> idOf) =>
        _allocator.SetAutoPilot(new DelegateAutoPilot((sender, message) => Answer(sender, message, idOf)));

    private KeepRunning Answer(IActorRef sender, object message, Func<ContentHash, (ContentHash Hash, int Id)> idOf)
    {
        if (message is AllotIds allot)
        {
            Interlocked.Increment(ref _requests);
            var given = allot.Wanted.Select(wanted => idOf(IdWire.Read(wanted).Hash)).Select(song => IdWire.Entry(song.Hash, song.Id));
            sender.Tell(new IdsAllotted { Request = allot.Request, Term = 1, Given = { given } });
        }

        return AutoPilot.KeepRunning;
    }
}
