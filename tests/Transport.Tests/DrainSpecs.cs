using Akka.Actor;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

public class DrainSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_server_without_connections_is_drained_immediately()
    {
        var (listener, _) = await Listen(Patient, CreateTestProbe());
        listener.Tell(new Drain(Long), TestActor);
        await ExpectMsgAsync<Drained>();
    }

    [Fact]
    public async Task Draining_asks_all_sessions_to_end_and_is_complete_when_the_last_one_has_ended()
    {
        var sessions = CreateTestProbe();
        var (listener, address) = await Listen(Patient, sessions);
        using var first = await ConnectRaw(address);
        var one = await sessions.ExpectMsgAsync<ConnectionOpened>();
        using var second = await ConnectRaw(address);
        var two = await sessions.ExpectMsgAsync<ConnectionOpened>();

        listener.Tell(new Drain(Long), TestActor);
        await sessions.ExpectMsgAsync<DrainRequested>();
        await sessions.ExpectMsgAsync<DrainRequested>();
        one.Connection.Tell(new CloseConnection());
        await first.ExpectEnd();
        first.FinishSending();
        await sessions.ExpectMsgAsync<ConnectionClosed>();
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));

        two.Connection.Tell(new CloseConnection());
        await second.ExpectEnd();
        second.FinishSending();
        await ExpectMsgAsync<Drained>();
    }

    [Fact]
    public async Task Connections_still_open_at_the_deadline_are_aborted()
    {
        var sessions = CreateTestProbe();
        var (listener, address) = await Listen(Patient, sessions);
        using var remote = await ConnectRaw(address);
        await sessions.ExpectMsgAsync<ConnectionOpened>();
        listener.Tell(new Drain(Soon), TestActor);
        await sessions.ExpectMsgAsync<DrainRequested>();
        await ExpectMsgAsync<Drained>();
        Assert.Equal(CloseReason.Aborted, (await sessions.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }

    [Fact]
    public async Task New_connections_are_refused_with_SHUTTING_DOWN_during_a_drain()
    {
        var sessions = CreateTestProbe();
        var (listener, address) = await Listen(Patient, sessions);
        using var open = await ConnectRaw(address);
        await sessions.ExpectMsgAsync<ConnectionOpened>();
        listener.Tell(new Drain(Long), TestActor);
        await sessions.ExpectMsgAsync<DrainRequested>();

        using var late = await RawTspClient.Connect(address);
        var error = await late.ExpectError();
        Assert.Equal(ErrorCode.ShuttingDown, error.Code);
        Assert.True(error.Retryable);
        await late.ExpectEnd();
    }
}
