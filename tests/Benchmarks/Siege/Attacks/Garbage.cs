using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege.Attacks;

/// <summary>Connections that send bytes that are not TSP, or invalid TSP.</summary>
internal sealed class Garbage() : Attack("garbage", connections: 50, perSecond: 100)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    protected override int PerAddress => 10;

    protected override async Task VisitAsync(int number, Battlefield field, CancellationToken stop)
    {
        using var stranger = await Stranger.ConnectAsync(field.Target, AddressOf(number), stop).ConfigureAwait(false);
        Count("connections");
        await stranger.SendAsync(Next(), stop).ConfigureAwait(false);
        await stranger.DrainAsync(Moment, stop).ConfigureAwait(false);
    }

    private static byte[] Next() => Random.Shared.Next(10) switch
    {
        0 => RandomNumberGenerator.GetBytes(200),
        // A body of 4 GiB, a negative id, and an unknown operation with a body of 1 MiB that never arrives.
        1 => [0x81, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
        2 => [0x02, 0x80, 0, 0, 1],
        3 => [0xd5, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3],
        // Bodies that are not protobuf, and deeply nested messages.
        4 => FrameEncoder.Encode(Operation.Init, 0, RandomNumberGenerator.GetBytes(8 * 1024)),
        5 => FrameEncoder.Encode(Operation.Play, 1, RandomNumberGenerator.GetBytes(8 * 1024)),
        6 => FrameEncoder.Encode(Operation.Init, 0, Nested(8 * 1024)),
        7 => FrameEncoder.Encode(Operation.Share, 0, Nested(16 * 1024)),
        // All operations, many of them in the wrong direction, and a request from a browser.
        8 => [.. Enumerable.Range(0, 128).SelectMany(operation => FrameEncoder.Encode((Operation)operation, 1))],
        _ => "GET / HTTP/1.1\r\nHost: tracker\r\n\r\n"u8.ToArray(),
    };

    // Field 1 as a message that contains field 1 again, and so on to the end of the body.
    private static byte[] Nested(int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at + 3 <= length; at += 3)
        {
            var rest = length - at - 3;
            (bytes[at], bytes[at + 1], bytes[at + 2]) = (0x0a, (byte)((rest & 0x7f) | 0x80), (byte)(rest >> 7));
        }

        return bytes;
    }
}
