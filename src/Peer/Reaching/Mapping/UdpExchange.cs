using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Returns the reply in a datagram; null if the datagram is not the reply to the request.</summary>
internal delegate T? ReplyParser<T>(ReadOnlySpan<byte> packet)
    where T : class;

/// <summary>Sends a request to a router over UDP, several times if necessary, and waits for the reply.</summary>
internal static class UdpExchange
{
    // The maximum length of a PCP packet (RFC 6887, section 7). Longer packets are truncated.
    private const int MaxPacketBytes = 1100;

    /// <summary>Returns the reply; null if none arrived in time.</summary>
    /// <param name="local">The local address to send from.</param>
    /// <param name="remote">The router's endpoint. The operating system drops packets from any other endpoint.</param>
    /// <param name="request">The request.</param>
    /// <param name="parse">Parses the reply.</param>
    /// <param name="tries">When to send the request, as times since the first packet.</param>
    /// <param name="timeout">How long to wait after the first packet.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public static async Task<T?> AskAsync<T>(
        IPAddress local, IPEndPoint remote, ReadOnlyMemory<byte> request, ReplyParser<T> parse, IReadOnlyList<TimeSpan> tries,
        TimeSpan timeout, CancellationToken cancellation)
        where T : class
    {
        try
        {
            using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(local, 0));
            await socket.ConnectAsync(remote, cancellation).ConfigureAwait(false);
            var started = Stopwatch.GetTimestamp();
            for (var sent = 0; sent < tries.Count; sent++)
            {
                await socket.SendAsync(request, SocketFlags.None, cancellation).ConfigureAwait(false);
                var until = sent + 1 < tries.Count ? tries[sent + 1] : timeout;
                var wait = until - Stopwatch.GetElapsedTime(started);
                if (await ReceiveAsync(socket, parse, wait, cancellation).ConfigureAwait(false) is { } reply)
                    return reply;
            }

            return null;
        }
        catch (SocketException)
        {
            // Either the router refuses packets to this port, because it does not speak the protocol, or the network is down.
            return null;
        }
    }

    private static async Task<T?> ReceiveAsync<T>(Socket socket, ReplyParser<T> parse, TimeSpan wait, CancellationToken cancellation)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        var buffer = new byte[MaxPacketBytes];
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, deadline.Token).ConfigureAwait(false);
                if (parse(buffer.AsSpan(0, length)) is { } reply)
                    return reply;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
