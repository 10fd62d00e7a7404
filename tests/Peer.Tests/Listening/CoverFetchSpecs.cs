using System.Security.Cryptography;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Listening;
using TspActors.Peer.Saving;
using TspActors.Peer.Serving;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks that covers are fetched and verified, from scripted hosts on loopback.</summary>
public sealed class CoverFetchSpecs : FetchSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly byte[] _picture = new byte[300_000];

    public CoverFetchSpecs(ITestOutputHelper output)
        : base(output)
    {
        new Random(1).NextBytes(_picture);
        new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 }.CopyTo(_picture, 0);
        Song.Tags.Cover = ByteString.CopyFrom(Hash.ToArray());
    }

    private ContentHash Hash => new(SHA256.HashData(_picture));

    [Fact]
    public async Task A_cover_is_fetched_and_verified()
    {
        Grant(Sends("anna", _picture));

        Assert.Equal(_picture, (await FetchAsync()).Picture.ToArray());
    }

    [Fact]
    public async Task After_a_host_without_the_cover_or_with_a_wrong_one_the_next_host_is_asked()
    {
        var wrong = _picture.ToArray();
        wrong[^1] ^= 1;
        Grant(
            Host("none", async (_, remote, _) =>
            {
                await remote.Expect(Operation.Cover);
                await remote.Send(Errors.Frame(ErrorCode.UnknownSong, "no song on this host has this cover", 1));
                await remote.ReceiveToEnd();
            }),
            Sends("liar", wrong),
            Host("lost", (_, remote, _) => Task.Run(remote.Reset)),
            Sends("anna", _picture));

        Assert.Equal(_picture, (await FetchAsync()).Picture.ToArray());
    }

    [Theory]
    [InlineData(0u, 2_000_000u)]
    [InlineData(5u, 300_000u)]
    [InlineData(0u, 10u)]
    [InlineData(0u, 0u)]
    public async Task Parts_that_do_not_fit_are_refused(uint offset, uint total)
    {
        Grant(Host("odd", async (_, remote, _) =>
        {
            await remote.Expect(Operation.Cover);
            await remote.Send(Operation.Cover, 1, new Cover
            {
                Hash = ByteString.CopyFrom(Hash.ToArray()),
                MediaType = "image/jpeg",
                Offset = offset,
                Total = total,
                Data = ByteString.CopyFrom(_picture.AsSpan(0, 100_000)),
            });
            await remote.ReceiveToEnd();
        }));

        var result = await FetchAsync();

        Assert.True(result.Picture.IsEmpty);
        Assert.NotEqual("", result.Reason);
    }

    [Fact]
    public async Task Bytes_that_match_the_hash_but_are_not_a_picture_are_refused()
    {
        new byte[] { (byte)'<', (byte)'s', (byte)'v', (byte)'g' }.CopyTo(_picture, 0);
        Grant(Sends("anna", _picture));

        Assert.True((await FetchAsync()).Picture.IsEmpty);
    }

    [Fact]
    public async Task Without_a_tracker_there_is_no_cover()
    {
        Answers[1] = () => new TrackerUnavailable("no tracker");

        Assert.Equal("no tracker", (await FetchAsync()).Reason);
    }

    [Fact]
    public async Task A_fetch_from_a_silent_host_ends_at_the_deadline()
    {
        Grant(Host("silent", (_, remote, _) => remote.ReceiveToEnd()));

        Assert.True((await FetchAsync(Soon)).Picture.IsEmpty);
    }

    [Fact]
    public async Task A_saved_song_has_its_cover()
    {
        Grant(Host("anna", async (host, remote, connection) =>
        {
            if (connection == 1)
            {
                await SendCoverAsync(remote, _picture);
                return;
            }

            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload);
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        }));
        Sys.EventStream.Subscribe(TestActor, typeof(SaveOver));
        var saving = Sys.ActorOf(SavingActor.Props(Calm, Listener, null, Link));

        await saving.Ask<SaveAccepted>(new SaveSong(Song.ToSong(1), Folder.Path), Patience);

        var over = await ExpectMsgAsync<SaveOver>(Patience);
        Assert.Null(over.Failure);
        byte[] expected = [.. Media.Tags.Id3v2Writer.Write(Song.Tags, Media.Covers.CoverImage.TryCreate(_picture)), .. Song.Payload];
        Assert.Equal(expected, await File.ReadAllBytesAsync(over.Path!));
    }

    [Fact]
    public async Task A_song_whose_cover_nobody_sends_is_saved_without_it()
    {
        Grant(Host("anna", async (host, remote, connection) =>
        {
            if (connection == 1)
            {
                remote.Reset();
                return;
            }

            await host.StartAsync(remote, Song);
            await ScriptedHost.SendDataAsync(remote, Song.Payload);
            await remote.Send(Operation.Data, 1);
            await remote.ReceiveToEnd();
        }));
        Sys.EventStream.Subscribe(TestActor, typeof(SaveOver));
        var saving = Sys.ActorOf(SavingActor.Props(Calm, Listener, null, Link));

        await saving.Ask<SaveAccepted>(new SaveSong(Song.ToSong(1), Folder.Path), Patience);

        var over = await ExpectMsgAsync<SaveOver>(Patience);
        Assert.Null(over.Failure);
        byte[] expected = [.. Media.Tags.Id3v2Writer.Write(Song.Tags), .. Song.Payload];
        Assert.Equal(expected, await File.ReadAllBytesAsync(over.Path!));
    }

    [Fact]
    public async Task A_save_that_is_stopped_while_its_cover_is_fetched_ends()
    {
        Grant(Host("silent", (_, remote, _) => remote.ReceiveToEnd()));
        Sys.EventStream.Subscribe(TestActor, typeof(SaveOver));
        var saving = Sys.ActorOf(SavingActor.Props(Calm, Listener, null, Link));
        await saving.Ask<SaveAccepted>(new SaveSong(Song.ToSong(1), Folder.Path), Patience);

        Assert.Empty((await saving.Ask<SavesStopped>(StopSaves.Instance, Patience)).LeftPartials);

        Assert.Equal("it was stopped", (await ExpectMsgAsync<SaveOver>(Patience)).Failure);
        Assert.Empty(Directory.EnumerateFiles(Folder.Path));
    }

    [Fact]
    public async Task The_gateway_gets_covers_from_the_hosts()
    {
        Grant(Sends("anna", _picture));
        var port = Sys.ActorOf(GatewayPortActor.Props(
            new ServedPeer
            {
                Name = "me",
                Address = "127.0.0.1:7071",
                Requester = Listener,
                Own = null,
                TrackerLink = Link,
                Library = ActorRefs.Nobody,
                Hosting = ActorRefs.Nobody,
                Playback = ActorRefs.Nobody,
                SongsShared = () => 0,
            },
            Calm, maxFetches: 2));

        Assert.Equal(_picture, (await port.Ask<CoverFetched>(new FetchCover(1, Hash), Patience)).Picture.ToArray());
        Assert.True((await port.Ask<CoverFetched>(new FetchCover(0, Hash), Patience)).Picture.IsEmpty);
    }

    private ScriptedHost Sends(string name, byte[] picture) => Host(name, (_, remote, _) => SendCoverAsync(remote, picture));

    // Sends the bytes as the requested cover, even if they are not that cover.
    private static async Task SendCoverAsync(RawTspClient remote, byte[] picture)
    {
        var request = await remote.Expect<Cover>(Operation.Cover);
        for (var sent = 0; sent < picture.Length; sent += 100_000)
        {
            await remote.Send(Operation.Cover, 1, new Cover
            {
                Hash = request.Hash,
                MediaType = "image/jpeg",
                Offset = (uint)sent,
                Total = (uint)picture.Length,
                Data = ByteString.CopyFrom(picture.AsSpan(sent, Math.Min(100_000, picture.Length - sent))),
            });
        }

        await remote.ReceiveToEnd();
    }

    private Task<CoverResult> FetchAsync(TimeSpan? deadline = null)
    {
        Sys.ActorOf(CoverFetchActor.Props(new CoverOrder(1, Hash, Listener, null, deadline ?? Patience), Calm, Link, TestActor));
        return ExpectMsgAsync<CoverResult>(Patience).AsTask();
    }
}
