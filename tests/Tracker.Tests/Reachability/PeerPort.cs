using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Reachability;

/// <summary>The listen port of a simulated peer, which the tracker probes.</summary>
internal static class PeerPort
{
    public static Socket Open(int port = 0, IPAddress? address = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address ?? IPAddress.Loopback, port));
        socket.Listen();
        return socket;
    }

    /// <summary>Answers one probe.</summary>
    public static async Task Answer(Socket port)
    {
        using var probe = await port.AcceptAsync();
        await Read(probe, 5);
        await probe.SendAsync(FrameEncoder.Encode(Operation.Pong, 1));
        await Read(probe, 1);
    }

    /// <summary>Answers every probe until the port is closed.</summary>
    public static async Task AnswerAll(Socket port)
    {
        try
        {
            while (true)
                await Answer(port);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The test has closed the port.
        }
    }

    public static async Task<byte[]> Read(Socket socket, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var (buffer, read) = (new byte[count], 0);
        while (read < count && await socket.ReceiveAsync(buffer.AsMemory(read), patience.Token) is > 0 and var more)
            read += more;
        return buffer[..read];
    }
}
