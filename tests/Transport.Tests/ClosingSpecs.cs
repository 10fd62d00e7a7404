using System.Net.Sockets;
using Akka.Actor;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

public class ClosingSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private static readonly byte[] Goodbye = FrameEncoder.Encode(Operation.Stop, 5);

    [Fact]
    public async Task A_close_first_sends_everything_that_is_queued()
    {
        using var link = await Connect(Patient);
        var megabyte = Noise(1024 * 1024);
        link.Tell(new Send(megabyte));
        link.Tell(new CloseConnection(Goodbye));
        var received = await link.Remote.ReceiveAllBytes();
        Assert.Equal([.. megabyte, .. Goodbye], received);
        link.Remote.FinishSending();
        await ExpectClosed(link, CloseReason.ClosedHere);
    }

    [Fact]
    public async Task Bytes_sent_after_the_close_are_dropped()
    {
        using var link = await Connect(Patient);
        link.Tell(new CloseConnection(Goodbye));
        link.Tell(new Send(Goodbye, Token: "late"));
        link.Tell(new CloseConnection(Goodbye));
        Assert.Equal(Goodbye, await link.Remote.ReceiveAllBytes());
        link.Remote.FinishSending();
        await ExpectClosed(link, CloseReason.ClosedHere);
    }

    [Fact]
    public async Task A_remote_end_that_keeps_sending_still_receives_the_last_frame()
    {
        using var link = await Connect(Patient);
        // Marks the connection as used. Unused ones read less during the close.
        link.Tell(new KeepAlive(TimeSpan.FromMinutes(1)));
        var flood = link.Remote.Send(Noise(8 * 1024 * 1024));
        link.Tell(new CloseConnection(Goodbye));
        Assert.Equal(Goodbye, await link.Remote.ReceiveAllBytes());
        await flood;
        link.Remote.FinishSending();
        await ExpectClosed(link, CloseReason.ClosedHere);
    }

    [Fact]
    public async Task A_remote_end_that_finishes_sending_during_the_flush_still_receives_everything()
    {
        using var link = await Connect(Patient);
        var much = Noise(3 * 1024 * 1024);
        link.Tell(new Send(much));
        link.Tell(new CloseConnection(Goodbye));
        link.Remote.FinishSending();
        var received = await link.Remote.ReceiveAllBytes();
        Assert.Equal([.. much, .. Goodbye], received);
        await ExpectClosed(link, CloseReason.ClosedHere);
    }

    [Fact]
    public async Task A_connection_that_the_remote_end_never_closes_is_aborted_after_the_close_timeout()
    {
        using var link = await Connect(Patient with { CloseTimeout = Soon });
        link.Tell(new CloseConnection());
        await link.Remote.ExpectEnd();
        await ExpectClosed(link, CloseReason.TimedOut);
    }

    [Fact]
    public async Task A_connection_whose_remote_end_never_reads_is_aborted_after_the_close_timeout()
    {
        using var link = await Connect(Patient with { CloseTimeout = Soon, MaxQueuedBytes = 64 * 1024 * 1024 });
        link.Tell(new Send(new byte[32 * 1024 * 1024]));
        link.Tell(new CloseConnection(Goodbye));
        await ExpectClosed(link, CloseReason.TimedOut);
    }

    [Fact]
    public async Task A_slow_remote_end_receives_everything_although_that_takes_longer_than_the_close_timeout()
    {
        using var link = await ConnectNarrow(Patient with { CloseTimeout = TimeSpan.FromSeconds(2) });
        var megabyte = Noise(1024 * 1024);
        link.Tell(new Send(megabyte));
        link.Tell(new CloseConnection(Goodbye));
        var received = await ReceiveSlowly(link);
        Assert.Equal([.. megabyte, .. Goodbye], received);
        // The reason is not checked: on a busy machine, the remote end may close too late.
        link.Remote.FinishSending();
        await link.Session.ExpectMsgAsync<ConnectionClosed>();
    }

    [Fact]
    public async Task A_slow_remote_end_receives_everything_although_that_takes_longer_than_the_idle_timeout()
    {
        var timeout = TimeSpan.FromSeconds(2);
        using var link = await ConnectNarrow(Patient with { IdleTimeout = timeout, CloseTimeout = timeout });
        var megabyte = Noise(1024 * 1024);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(FrameEncoder.Encode(Operation.List));
        await link.Session.ExpectMsgAsync<FramesReceived>();
        link.Tell(new Send(megabyte, Token: "all"));
        link.Tell(ReadMore.Instance);
        var received = await ReceiveSlowly(link);
        Assert.Equal(megabyte, received[..megabyte.Length]);
        await link.Session.ExpectMsgAsync<Sent>();
        Assert.Equal(CloseReason.TimedOut, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }

    [Fact]
    public async Task A_slow_remote_end_receives_everything_although_one_write_takes_longer_than_the_stalled_writer_timeout()
    {
        using var link = await ConnectNarrow(Patient with { StalledWriterTimeout = TimeSpan.FromSeconds(2), SendBufferBytes = 16 * 1024 });
        var sent = Noise(192 * 1024);
        link.Tell(new Send(sent));
        link.Tell(new CloseConnection(Goodbye));

        var received = await ReceiveSlowly(link, TimeSpan.FromMilliseconds(500));

        Assert.Equal([.. sent, .. Goodbye], received);
        link.Remote.FinishSending();
        await link.Session.ExpectMsgAsync<ConnectionClosed>();
    }

    [Fact]
    public async Task A_slow_remote_end_that_stops_receiving_in_the_middle_is_given_up_after_the_close_timeout()
    {
        using var link = await ConnectNarrow(Patient with { CloseTimeout = Soon });
        link.Tell(new Send(Noise(1024 * 1024)));
        link.Tell(new CloseConnection(Goodbye));
        for (var read = 0; read < 5; read++)
            await link.Remote.ReceiveBytes();
        await ExpectClosed(link, CloseReason.TimedOut);
    }

    [Fact]
    public async Task A_close_is_given_up_after_its_maximum_time_although_bytes_still_move()
    {
        using var link = await ConnectNarrow(Patient with { CloseTimeout = Soon, MaxCloseTime = TimeSpan.FromSeconds(1) });
        link.Tell(new Send(Noise(3 * 1024 * 1024)));
        link.Tell(new CloseConnection(Goodbye));
        var receiving = ReceiveSlowly(link);
        await ExpectClosed(link, CloseReason.TimedOut);
        try
        {
            Assert.True((await receiving).Length < 3 * 1024 * 1024);
        }
        catch (Exception reset) when (reset is SocketException or IOException)
        {
            // The connection was cut.
        }
    }

    [Fact]
    public async Task An_abort_resets_the_connection()
    {
        using var link = await Connect(Patient);
        link.Tell(AbortConnection.Instance);
        await ExpectClosed(link, CloseReason.Aborted);
        var reset = await Assert.ThrowsAsync<SocketException>(() => link.Remote.ReceiveBytes());
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    [Fact]
    public async Task A_reset_while_reading_is_reported_as_a_lost_connection()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        link.Remote.Reset();
        await ExpectClosed(link, CloseReason.Lost);
    }

    [Fact]
    public async Task A_reset_during_the_flush_is_reported_as_a_lost_connection()
    {
        using var link = await Connect(Patient with { MaxQueuedBytes = 64 * 1024 * 1024 });
        link.Tell(new Send(new byte[32 * 1024 * 1024]));
        link.Tell(new CloseConnection());
        await link.Remote.ReceiveBytes();
        link.Remote.Reset();
        await ExpectClosed(link, CloseReason.Lost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reply_is_still_sent_after_the_end_of_input(bool incoming)
    {
        using var link = incoming ? await Connect(Patient) : await Dial(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(FrameEncoder.Encode(Operation.List));
        link.Remote.FinishSending();
        await link.Session.ExpectMsgAsync<FramesReceived>();
        link.Tell(ReadMore.Instance);
        await link.Session.ExpectMsgAsync<InputEnded>();

        var answer = Noise(512 * 1024);
        link.Tell(new Send(answer));
        link.Tell(new CloseConnection(Goodbye));
        var received = await link.Remote.ReceiveAllBytes();
        Assert.Equal([.. answer, .. Goodbye], received);
        await ExpectClosed(link, CloseReason.ClosedByRemote);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Input_that_ends_inside_a_frame_is_reported_as_a_lost_connection(bool incoming)
    {
        using var link = incoming ? await Connect(Patient) : await Dial(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Send([(byte)Operation.List, 0, 0]);
        link.Remote.FinishSending();
        var closed = await ExpectClosed(link, CloseReason.Lost);
        Assert.EndsWith("in the middle of a frame", closed.Message, StringComparison.Ordinal);
        await link.Remote.ExpectEnd();
    }

    [Fact]
    public async Task A_session_that_stops_closes_its_connection()
    {
        using var link = await Connect(Patient);
        link.Tell(new Send(Goodbye));
        link.SessionActor.Tell("stop");
        Assert.Equal(Goodbye, await link.Remote.ReceiveAllBytes());
        Watch(link.Connection);
        link.Remote.FinishSending();
        await ExpectTerminatedAsync(link.Connection);
    }

    [Fact]
    public async Task A_session_that_crashes_closes_its_connection_with_an_error_without_details()
    {
        using var link = await Connect(Patient);
        link.SessionActor.Tell("crash");
        var error = await link.Remote.ExpectError();
        Assert.Equal(ErrorCode.Internal, error.Code);
        Assert.DoesNotContain("crash", error.Message, StringComparison.Ordinal);
        await link.Remote.ExpectEnd();
    }

    [Fact]
    public async Task An_outgoing_connection_stops_with_its_owner()
    {
        using var link = await Dial(Patient);
        Watch(link.Connection);
        Sys.Stop(link.Session);
        await ExpectTerminatedAsync(link.Connection);
        await Assert.ThrowsAsync<SocketException>(() => link.Remote.ReceiveBytes());
    }

    private async Task<ConnectionClosed> ExpectClosed(Link link, CloseReason reason)
    {
        Watch(link.Connection);
        var closed = await link.Session.ExpectMsgAsync<ConnectionClosed>();
        Assert.Equal(reason, closed.Reason);
        Assert.NotEmpty(closed.Message);
        await ExpectTerminatedAsync(link.Connection);
        return closed;
    }

    // Connects a remote end with small kernel buffers, so that most of the sent bytes stay in this end's kernel.
    private async Task<Link> ConnectNarrow(TransportSettings settings)
    {
        var session = CreateTestProbe();
        var (_, address) = await Listen(settings, session);
        var remote = await RawTspClient.Connect(address, receiveBuffer: 16 * 1024);
        if (IsSecure)
            await remote.StartTls(ClientIdentity.Context);
        var opened = await session.ExpectMsgAsync<ConnectionOpened>();
        return new Link(remote, opened.Connection, session, session.LastSender);
    }

    // Reads what has arrived every 60 ms, or at another interval, as if over a slow line.
    private static async Task<byte[]> ReceiveSlowly(Link link, TimeSpan? interval = null)
    {
        using var pace = new PeriodicTimer(interval ?? TimeSpan.FromMilliseconds(60));
        var all = new MemoryStream();
        while (await link.Remote.ReceiveBytes(16 * 1024) is { Length: > 0 } bytes)
        {
            all.Write(bytes);
            await pace.WaitForNextTickAsync();
        }

        return all.ToArray();
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
