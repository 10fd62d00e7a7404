using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport.Limits;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks that a host with an access key serves only requesters that prove they know it.</summary>
public sealed class HostAccessSpecs(ITestOutputHelper output) : HostSpec(output)
{
    private static readonly AccessKey Key = new("the secret of the house");

    private readonly TestSong _song = new(50_000);

    [Theory]
    [InlineData(Operation.Play)]
    [InlineData(Operation.Info)]
    public async Task A_requester_that_skips_INIT_is_refused(Operation operation)
    {
        using var requester = await StartAsync();

        await requester.Send(operation, 1);

        Assert.Equal(ErrorCode.Unauthenticated, (await requester.ExpectError()).Code);
        await requester.ExpectEnd();
    }

    [Fact]
    public async Task A_requester_that_proves_it_knows_the_key_receives_the_song()
    {
        using var requester = await StartAsync();

        Assert.NotNull(await GreetAsync(requester, Key));

        await requester.Send(Play(1));
        await requester.Expect(Operation.Play);
        Assert.Equal(_song.Payload, await requester.ReceiveSong());
    }

    [Fact]
    public async Task A_requester_with_a_wrong_key_is_refused()
    {
        using var requester = await StartAsync();

        Assert.Null(await GreetAsync(requester, new AccessKey("a guess")));

        await requester.ExpectEnd();
    }

    [Fact]
    public async Task A_requester_that_keeps_guessing_must_wait()
    {
        for (var guess = 0; guess < ProofAttempts.FreeFailures; guess++)
        {
            using var guesser = guess == 0 ? await StartAsync() : await ConnectAsync();
            Assert.Null(await GreetAsync(guesser, new AccessKey("a guess")));
        }

        using var requester = await ConnectAsync();
        var hello = PeerKey.HelloOf(PeerId.NewRandom(), nonce: AccessKey.NewNonce());
        await requester.Send(Operation.Init, 7, hello);

        Assert.InRange((await requester.ExpectError(ErrorCode.RateLimited, 7)).RetryAfterMs, 1u, 10_000u);
    }

    [Fact]
    public async Task A_requester_without_a_key_is_refused()
    {
        using var requester = await StartAsync();

        await requester.Send(new ClientHandshake(null, PeerId.NewRandom(), "eve", 0, false).Hello);

        Assert.Equal(ErrorCode.Unauthenticated, (await requester.ExpectError()).Code);
        await requester.ExpectEnd();
    }

    [Fact]
    public async Task Requests_sent_along_with_the_hello_are_not_served_before_the_proof()
    {
        using var requester = await StartAsync();

        await requester.Send([.. new ClientHandshake(Key, PeerId.NewRandom(), "eve", 0, false).Hello, .. Play(1)]);

        await requester.Expect(Operation.Init);
        Assert.Equal(ErrorCode.Unauthenticated, (await requester.ExpectError()).Code);
        await requester.ExpectEnd();
    }

    private async Task<RawTspClient> StartAsync()
    {
        Share(_song);
        await StartHostAsync(key: Key);
        return await ConnectAsync();
    }

    // Runs the handshake. Returns null if the host refuses the proof.
    private static async Task<Welcome?> GreetAsync(RawTspClient requester, AccessKey key)
    {
        var handshake = new ClientHandshake(key, PeerId.NewRandom(), "ann", 0, false);
        await requester.Send(handshake.Hello);
        var proof = Assert.IsType<HandshakeResult.Reply>(handshake.Advance(await requester.Expect<Init>(Operation.Init)));
        await requester.Send(proof.Frame);
        var answer = await requester.Receive() ?? throw new EndOfStreamException();
        if (answer.Operation == Operation.Error)
            return null;
        return Assert.IsType<HandshakeResult.Accepted>(handshake.Advance(RawTspClient.Parse<Init>(answer))).Welcome;
    }
}
