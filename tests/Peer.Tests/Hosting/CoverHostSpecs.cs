using System.Net;
using System.Security.Cryptography;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Media.Covers;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Covers;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using TspActors.Transport;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks the covers that a host with files sends to a raw socket.</summary>
public sealed class CoverHostSpecs(ITestOutputHelper output) : HostSpec(output)
{
    private const int Id = 7;

    [Theory]
    [InlineData(40)]
    [InlineData(128 * 1024)]
    [InlineData(128 * 1024 + 1)]
    [InlineData(CoverImage.MaxBytes)]
    public async Task A_cover_arrives_in_consecutive_parts(int length)
    {
        var picture = Picture(length);
        ShareWith(picture);
        await StartHostAsync();
        using var remote = await ConnectAsync();

        await remote.Send(Ask(picture));

        Assert.Equal(picture, await ReceiveAsync(remote, picture));
        await remote.Send(Operation.Ping, 3);
        Assert.Equal(3, (await remote.Expect(Operation.Pong)).SongId);
    }

    [Fact]
    public async Task A_cover_that_no_shared_song_has_is_unknown()
    {
        ShareWith(Picture(500));
        await StartHostAsync();
        using var remote = await ConnectAsync();

        await remote.Send(Ask(Picture(501)));

        await remote.ExpectError(ErrorCode.UnknownSong, Id);
        await remote.Send(Ask(Picture(500)));
        Assert.Equal(Picture(500), await ReceiveAsync(remote, Picture(500)));
    }

    [Fact]
    public async Task A_cover_whose_file_is_gone_is_unknown()
    {
        ShareWith(Picture(500));
        await StartHostAsync();
        using var remote = await ConnectAsync();
        File.Delete(Folder.In("cover.jpg"));

        await remote.Send(Ask(Picture(500)));

        await remote.ExpectError(ErrorCode.UnknownSong, Id);
    }

    [Fact]
    public async Task A_hash_of_the_wrong_size_ends_the_connection()
    {
        await StartHostAsync();
        using var remote = await ConnectAsync();

        await remote.Send(Operation.Cover, Id, new Cover { Hash = ByteString.CopyFrom(new byte[16]) });

        await remote.ExpectError(ErrorCode.BadFrame, Id);
        await remote.ExpectEnd();
    }

    [Fact]
    public async Task With_an_access_key_covers_also_require_the_proof()
    {
        ShareWith(Picture(500));
        await StartHostAsync(key: new AccessKey("secret"));
        using var remote = await ConnectAsync();

        await remote.Send(Ask(Picture(500)));

        await remote.ExpectError(ErrorCode.Unauthenticated, Id);
    }

    [Fact]
    public async Task A_cover_can_be_requested_during_a_stream()
    {
        var song = new TestSong(300_000);
        Share(song, 1);
        ShareWith(Picture(200_000), id: 2);
        await StartHostAsync();
        using var remote = await ConnectAsync();

        await remote.Send(Play(1), Ask(Picture(200_000)));

        var (payload, picture) = (new List<byte>(), new List<byte>());
        while (payload.Count < song.Payload.Length || picture.Count < 200_000)
        {
            var frame = (await remote.Receive())!.Value;
            if (frame.Operation == Operation.Data)
                payload.AddRange(frame.Body.ToArray());
            else if (frame.Operation == Operation.Cover)
                picture.AddRange(RawTspClient.Parse<Cover>(frame).Data);
        }

        Assert.Equal(song.Payload, payload);
        Assert.Equal(Picture(200_000), picture);
    }

    [Fact]
    public async Task Covers_beyond_the_memory_are_refused_until_others_have_been_sent()
    {
        ShareWith(Picture(CoverImage.MaxBytes));
        Covers = new SharedCovers(Songs, CoverImage.MaxBytes);
        await StartHostAsync();
        using var remote = await ConnectAsync();
        var hash = new ContentHash(SHA256.HashData(Picture(CoverImage.MaxBytes)));
        Assert.True(Covers.Has(hash));
        var held = await Covers.Open(hash, out _)!;

        await remote.Send(Ask(Picture(CoverImage.MaxBytes)));
        Assert.True((await remote.ExpectError(ErrorCode.Busy, Id)).RetryAfterMs > 0);

        held!.Dispose();
        await remote.Send(Ask(Picture(CoverImage.MaxBytes)));
        Assert.Equal(Picture(CoverImage.MaxBytes), await ReceiveAsync(remote, Picture(CoverImage.MaxBytes)));
    }

    [Fact]
    public async Task A_change_of_the_upload_limit_also_applies_to_covers()
    {
        var picture = Picture(CoverImage.MaxBytes);
        ShareWith(picture);
        await StartHostAsync();
        using var remote = await ConnectAsync();
        for (var cover = 0; cover < 3; cover++)
        {
            await remote.Send(Ask(picture));
            Assert.Equal(picture, await ReceiveAsync(remote, picture));
        }

        await Hosting.Ask<HostingStatus>(new ChangeLimit("upload", "1 Mbit/s"), TimeSpan.FromSeconds(30));
        // The first cover may be sent in one burst. The second one overdraws the token bucket.
        var refused = 0;
        for (var cover = 0; cover < 3; cover++)
        {
            using var other = await ConnectAsync();
            await other.Send(Ask(picture));
            refused += (await other.Receive())!.Value.Operation == Operation.Error ? 1 : 0;
        }

        Assert.InRange(refused, 1, 2);
    }

    [Fact]
    public async Task The_memory_for_a_cover_is_released_if_its_requester_vanishes()
    {
        ShareWith(Picture(CoverImage.MaxBytes));
        Covers = new SharedCovers(Songs, CoverImage.MaxBytes);
        await StartHostAsync();
        var lost = await ConnectAsync(receiveBuffer: 4_096);
        await lost.Send(Ask(Picture(CoverImage.MaxBytes)));
        await lost.Expect(Operation.Cover);

        lost.Reset();

        using var other = await ConnectAsync();
        await AwaitAssertAsync(async () =>
        {
            await other.Send(Ask(Picture(CoverImage.MaxBytes)));
            Assert.Equal(Operation.Cover, (await other.Receive())!.Value.Operation);
        });
    }

    [Fact]
    public async Task The_memory_for_a_cover_is_released_if_its_requester_vanishes_during_the_read()
    {
        var picture = Picture(CoverImage.MaxBytes);
        ShareWith(picture);
        Covers = new SharedCovers(Songs, CoverImage.MaxBytes);
        var hash = new ContentHash(SHA256.HashData(picture));
        Assert.True(Covers.Has(hash));
        var session = Sys.ActorOf(HostSessionActor.Props(new HostSecurity(null), Songs, ActorRefs.Nobody, covers: Covers));
        Watch(session);
        var here = new IPEndPoint(IPAddress.Loopback, 1);
        var request = new Cover { Hash = ByteString.CopyFrom(hash.ToArray()) };
        session.Tell(new ConnectionOpened(CreateTestProbe(), here, here));

        session.Tell(new FramesReceived([new Frame(Operation.Cover, Id, true, request.ToByteArray())]));
        session.Tell(new ConnectionClosed(CloseReason.Lost, "lost"));
        await ExpectTerminatedAsync(session);

        await AwaitAssertAsync(async () =>
        {
            using var cover = Covers.Open(hash, out _) is { } opening ? await opening : null;
            Assert.NotNull(cover);
        });
    }

    private static byte[] Picture(int length)
    {
        var picture = new byte[length];
        new Random(length).NextBytes(picture);
        new byte[] { 0xFF, 0xD8, 0xFF, 0xE0 }.CopyTo(picture, 0);
        return picture;
    }

    private static byte[] Ask(byte[] picture) => FrameEncoder.Encode(
        Operation.Cover, Id, new Cover { Hash = ByteString.CopyFrom(SHA256.HashData(picture)) });

    private static async Task<byte[]> ReceiveAsync(RawTspClient remote, byte[] expected)
    {
        var received = new List<byte>();
        for (var part = await remote.Expect<Cover>(Operation.Cover); ; part = await remote.Expect<Cover>(Operation.Cover))
        {
            Assert.Equal(
                (ByteString.CopyFrom(SHA256.HashData(expected)), "image/jpeg", (uint)received.Count, (uint)expected.Length),
                (part.Hash, part.MediaType, part.Offset, part.Total));
            received.AddRange(part.Data);
            if (received.Count == expected.Length)
                return [.. received];
        }
    }

    private void ShareWith(byte[] picture, int id = 1)
    {
        File.WriteAllBytes(Folder.In("cover.jpg"), picture);
        var song = new TestSong(5_000, seed: id);
        song.Tags.Cover = ByteString.CopyFrom(SHA256.HashData(picture));
        Share(song, id);
    }
}
