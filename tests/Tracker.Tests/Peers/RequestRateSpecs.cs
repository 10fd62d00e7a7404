using TspActors.Protocol;
using TspActors.Tracker.Peers;

namespace TspActors.Tracker.Tests.Peers;

public sealed class RequestRateSpecs : TrackerSpec
{
    // The token bucket refills too slowly to make a difference, even in a slow test.
    protected override TrackerSettings Settings => Patient with { RequestsPerSecond = 1, RequestBurst = 1_000 };

    [Fact]
    public async Task A_client_over_its_rate_receives_a_retry_time_and_other_clients_are_not_affected()
    {
        await Host(1, Samples.Songs(2));
        var greedy = await Connect();
        var sending = greedy.Send(Enumerable.Repeat(FrameEncoder.Encode(Operation.Info, 2), 2_000).SelectMany(frame => frame).ToArray());
        for (var answer = 0; answer < 1_000; answer++)
            await greedy.Expect(Operation.Info);
        var limited = 0;
        for (var answer = 1_000; answer < 2_000; answer++)
        {
            var frame = (await greedy.Receive())!.Value;
            if (frame.Operation == Operation.Info)
                continue;
            var error = Samples.Body<Error>(frame);
            Assert.Equal((ErrorCode.RateLimited, true, 2), (error.Code, error.Retryable, frame.SongId));
            Assert.True(error.RetryAfterMs > 0);
            limited++;
        }

        await sending;
        Assert.True(limited > 0);
        var other = await Connect();
        Assert.Equal(2, (await other.List()).Songs.Count);
    }

    [Theory]
    [InlineData((Operation)99, ErrorCode.Unsupported)]
    [InlineData(Operation.Info, ErrorCode.NotRegistered)]
    [InlineData(Operation.Share, ErrorCode.NotRegistered)]
    [InlineData(Operation.Init, ErrorCode.Unsupported)]
    public async Task Refused_requests_count_towards_the_rate(Operation operation, ErrorCode refusal)
    {
        await StartTracker(Settings with { AnonymousRequests = false });
        var hello = PeerClient.Hello(1);
        hello.Hello.ProtocolVersion = 9;
        var frame = operation == Operation.Init ? FrameEncoder.Encode(operation, 0, hello) : FrameEncoder.Encode(operation);
        var client = await Connect();
        var sending = client.Send(Enumerable.Repeat(frame, 2_000).SelectMany(bytes => bytes).ToArray());
        var answers = new List<ErrorCode>();
        for (var answer = 0; answer < 2_000; answer++)
            answers.Add(Samples.Body<Error>(await client.Expect(Operation.Error)).Code);

        await sending;
        Assert.All(answers.Take(1_000), code => Assert.Equal(refusal, code));
        Assert.Contains(ErrorCode.RateLimited, answers);
    }

    [Fact]
    public async Task Frames_without_a_reply_count_towards_the_rate()
    {
        var client = await Connect();
        await client.Send(Enumerable.Repeat(FrameEncoder.Encode(Operation.Pong), 900)
            .Concat(Enumerable.Repeat(FrameEncoder.Encode(Operation.Info, 2), 200)).SelectMany(bytes => bytes).ToArray());
        var answers = new List<ErrorCode>();
        for (var answer = 0; answer < 200; answer++)
            answers.Add(Samples.Body<Error>(await client.Expect(Operation.Error)).Code);

        Assert.Contains(ErrorCode.RateLimited, answers);
    }
}
