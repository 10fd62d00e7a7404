using TspActors.Protocol;
using TspActors.Tracker.Calls;

namespace TspActors.Tracker.Tests.Calls;

/// <summary>Checks the limits on calls with real connections.</summary>
public sealed class CallRateSpecs : CallSpec
{
    [Fact]
    public async Task The_21st_call_of_a_requester_within_a_minute_is_refused()
    {
        var requester = await Requester(2);
        for (var call = 0; call < CallLimits.OfRequester; call++)
            Assert.Equal(ErrorCode.UnknownSong, (await Refusal(requester, To(9))).Code);

        await ExpectTooMany(requester);
    }

    [Fact]
    public async Task The_61st_call_of_an_address_within_a_minute_is_refused()
    {
        for (var peer = 2; peer < 5; peer++)
        {
            var requester = await Requester(peer);
            for (var call = 0; call < CallLimits.OfRequester; call++)
                Assert.Equal(ErrorCode.UnknownSong, (await Refusal(requester, To(9))).Code);
        }

        await ExpectTooMany(await Requester(5));
    }

    [Fact]
    public async Task The_5th_open_call_of_a_requester_is_refused_until_one_of_the_others_has_ended()
    {
        var host = await HostOf(song: 1, peer: 1);
        var requester = await Requester(2);
        var first = To(1);
        await Delivered(requester, host, first);
        for (var call = 1; call < CallLimits.OpenOfRequester; call++)
            await Delivered(requester, host, To(1));

        await ExpectTooMany(requester, to: 1);
        await RefuseAsync(host, first);
        await ExpectRefusal(requester, first);
        await Delivered(requester, host, To(1));
    }

    [Fact]
    public async Task The_11th_open_call_to_a_host_is_refused()
    {
        var host = await HostOf(song: 1, peer: 1);
        for (var call = 0; call < CallLimits.OpenOfHost; call += 2)
        {
            var requester = await Requester(10 + call);
            await Delivered(requester, host, To(1));
            await Delivered(requester, host, To(1));
        }

        await ExpectTooMany(await Requester(50), to: 1);
        await host.Settle();
    }

    [Fact]
    public async Task The_31st_call_to_a_host_within_a_minute_is_refused()
    {
        var host = await HostOf(song: 1, peer: 1);
        foreach (var peer in new[] { 2, 3 })
        {
            var requester = await Requester(peer);
            for (var calls = 0; calls < CallLimits.OfHost / 2; calls++)
            {
                var call = To(1);
                await Delivered(requester, host, call);
                await RefuseAsync(host, call);
                await ExpectRefusal(requester, call);
            }
        }

        await ExpectTooMany(await Requester(4), to: 1);
        await host.Settle();
    }

    private static Task RefuseAsync(RawTspClient host, Call call) => host.Send(
        Operation.Call, 1, new Call { Token = call.Token, PeerId = Id(1), Code = ErrorCode.Busy, Refusal = "full" });

    private static async Task ExpectTooMany(RawTspClient requester, int to = 9)
    {
        var refusal = await Refusal(requester, To(to));
        Assert.Equal(ErrorCode.RateLimited, refusal.Code);
        Assert.InRange(refusal.RetryAfterMs, 1u, 60_000u);
        // The connection stays open.
        await requester.Settle();
    }
}
