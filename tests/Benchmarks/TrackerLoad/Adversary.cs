using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>A hostile client that runs on its own thread until it is disposed.</summary>
/// <remarks>
/// Its thread has the lowest priority, so that the run measures the effect on the tracker and not the processor time of the adversary,
/// which in practice runs on a different machine.
/// </remarks>
internal abstract partial class Adversary : IDisposable
{
    private const int LowestPriority = 19;

    private readonly Thread _thread;
    private volatile bool _isOver;
    private long _done;

    protected Adversary(IPEndPoint tracker)
    {
        Tracker = tracker;
        _thread = new Thread(RunUntilOver) { IsBackground = true };
    }

    /// <summary>How much the adversary has done so far, in songs, connections, requests or replies.</summary>
    public long Done => Volatile.Read(ref _done);

    protected IPEndPoint Tracker { get; }

    protected bool IsOver => _isOver;

    public void Begin() => _thread.Start();

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        End();
    }

    protected abstract void Run();

    protected abstract void End();

    protected void Count(int done) => Interlocked.Add(ref _done, done);

    protected Socket Connect(int? receiveBuffer = null)
    {
        var socket = new Socket(Tracker.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        socket.Connect(Tracker);
        socket.Blocking = false;
        return socket;
    }

    /// <summary>Sends as many bytes as fit into the socket's buffer.</summary>
    /// <returns>The number of bytes sent; 0 if the buffer is full, negative if the connection is lost.</returns>
    protected static int TrySend(Socket socket, ReadOnlySpan<byte> bytes)
    {
        var sent = socket.Send(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock => 0,
            _ => -1,
        };
    }

    /// <summary>Reads and discards everything that has arrived so far.</summary>
    protected static void Drain(Socket socket, byte[] buffer)
    {
        while (socket.Receive(buffer, SocketFlags.None, out _) > 0)
        {
            // The bytes are discarded.
        }
    }

    // On Linux threads have their own priority, so this affects only the current thread.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    private void RunUntilOver()
    {
        if (OperatingSystem.IsLinux())
            _ = SetPriority(0, 0, LowestPriority);
        while (!_isOver)
            Run();
    }
}
