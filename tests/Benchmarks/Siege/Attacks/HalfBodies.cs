using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>
/// Connections that send all but the last byte of a body: 16 KiB from strangers, and at a tracker also 1 MiB from registered peers.
/// </summary>
internal sealed class HalfBodies(int connections, bool registers) : Attack("half", connections, perSecond: 100)
{
    private static readonly byte[] Ping = FrameEncoder.Encode(Operation.Ping, 1);
    private static readonly ReadOnlyMemory<byte> Small = AllButOne(Operation.List, BodyRules.SmallBody);
    private static readonly ReadOnlyMemory<byte> Play = AllButOne(Operation.Play, BodyRules.SmallBody);
    private static readonly ReadOnlyMemory<byte> Large = AllButOne(Operation.Share, Operation.Share.MaxBodyLength());

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var stranger = await Stranger.ConnectAsync(field.Target, AddressOf(number), stop).ConfigureAwait(false);
        var isPeer = registers && number % 2 == 1;
        var first = isPeer ? FrameEncoder.Encode(Operation.Init, 0, new Init { Hello = Stranger.Hello("half") }) : Ping;
        await stranger.SendAsync(first, stop).ConfigureAwait(false);
        Count(isPeer ? "peers" : "strangers");
        // If there is no memory for the body, the other side stops reading and the send hangs. The drain notices the end of the connection.
        var sending = stranger.SendAsync(isPeer ? Large : registers ? Small : Play, stop);
        await stranger.DrainAsync(stop).ConfigureAwait(false);
        stranger.Dispose();
        await sending.ContinueWith(sent => sent.Exception, TaskScheduler.Default).ConfigureAwait(false);
    }

    private static ReadOnlyMemory<byte> AllButOne(Operation operation, int length) =>
        FrameEncoder.Encode(operation, 0, new byte[length]).AsMemory()[..^1];
}
