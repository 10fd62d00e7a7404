using System.Net;
using System.Net.Sockets;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>Gives each test TCP ports of its own for programs that start, or start again, on a port known in advance.</summary>
/// <remarks>
/// Linux chooses the local ports of outgoing connections, and the ports of programs that listen on port 0, from 32768 upwards.
/// A port from that range that is free now can be in use by the time a program listens on it, so these ports are below it.
/// </remarks>
public static class FreePorts
{
    private const int First = 10_000;
    private const int End = 32_000;

    private static readonly Lock Gate = new();

    private static int _next = Random.Shared.Next(First, End);

    /// <summary>Returns a port that nothing listens on and that no other caller in this process receives.</summary>
    public static int Next()
    {
        lock (Gate)
        {
            for (var tried = 0; tried < End - First; tried++)
            {
                var port = _next;
                _next = port + 1 < End ? port + 1 : First;
                if (IsFree(port))
                    return port;
            }
        }

        throw new InvalidOperationException($"every port from {First} to {End - 1} is in use");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
