using System.Net;
using System.Net.Sockets;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>A proxy in front of a host. It can drop all traffic, or corrupt what the host sends.</summary>
/// <remarks>
/// The host listens on 127.0.0.2 but connects to the tracker from 127.0.0.1. So others connect to 127.0.0.1, where this proxy listens on
/// the same port.
/// </remarks>
public sealed class FaultyPath : IAsyncDisposable
{
    /// <summary>The address on which a host behind a faulty path listens.</summary>
    public const string HostAddress = "127.0.0.2";

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stopped = new();
    private readonly List<Task> _running = [];
    private readonly TaskCompletionSource _unblocked = new();
    private volatile bool _corrupts;
    private volatile bool _drops;

    private FaultyPath()
    {
        _listener = new TcpListener(IPAddress.Loopback, FreePorts.Next());
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running.Add(AcceptAsync(Port));
    }

    /// <summary>The port on which the host has to listen.</summary>
    public int Port { get; }

    /// <summary>Opens a path to a host that starts later, because the host has to use the path's port.</summary>
    public static FaultyPath Open() => new();

    /// <summary>From now on, drops all traffic in both directions and keeps every connection open.</summary>
    public void Drop() => _drops = true;

    /// <summary>From now on, flips one bit in each buffer of bytes that is read from the host.</summary>
    public void Corrupt() => _corrupts = true;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _stopped.CancelAsync();
        _unblocked.TrySetResult();
        Task[] running;
        lock (_running)
            running = [.. _running];
        await Task.WhenAll(running);
        _stopped.Dispose();
    }

    private async Task AcceptAsync(int port)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stopped.Token);
                lock (_running)
                    _running.Add(ServeAsync(client, port));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // The test has ended.
            return;
        }
    }

    private async Task ServeAsync(Socket client, int port)
    {
        using var near = client;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (_drops)
                await _unblocked.Task;
            await far.ConnectAsync(IPAddress.Parse(HostAddress), port, _stopped.Token);
            await Task.WhenAny(CopyAsync(near, far, isFromHost: false), CopyAsync(far, near, isFromHost: true));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // Returning closes both sockets, so each side sees that the other one is lost.
            return;
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isFromHost)
    {
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var length = await from.ReceiveAsync(buffer, _stopped.Token);
            if (_drops)
                await _unblocked.Task;
            if (length == 0)
                return;
            if (isFromHost && _corrupts)
                buffer[length / 2] ^= 0x10;
            await to.SendAsync(buffer.AsMemory(0, length), _stopped.Token);
        }
    }
}
