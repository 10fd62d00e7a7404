using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>A hostile client on its own thread that runs until it is disposed.</summary>
/// <remarks>
/// Its thread yields to all others, so that the run measures its effect on the tracker and not its use of the processors, which in
/// practice are on another machine.
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

    /// <summary>How many songs, connections or requests it has completed.</summary>
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

    /// <summary>Sends what fits into the socket's buffer.</summary>
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

    /// <summary>Reads and drops everything received so far.</summary>
    protected static void Drain(Socket socket, byte[] buffer)
    {
        while (socket.Receive(buffer, SocketFlags.None, out _) > 0)
        {
            // The bytes do not matter.
        }
    }

    // Applies to this thread alone where threads have their own priority (Linux).
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
