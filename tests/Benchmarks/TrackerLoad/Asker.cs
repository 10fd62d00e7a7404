using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>One connection that asks and waits for the answers, so many requests at a time, on a thread of its own.</summary>
internal sealed class Asker : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly FrameDecoder _decoder = new();

    public Asker(IPEndPoint tracker, int? receiveBuffer = null)
    {
        _socket = new Socket(tracker.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size)
            _socket.ReceiveBufferSize = size;
        _socket.Connect(tracker);
        _socket.ReceiveTimeout = 30_000;
    }

    /// <summary>Answers that were ERROR.</summary>
    public int Errors { get; private set; }

    public long Bytes { get; private set; }

    public void Send(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    /// <summary>Sends all requests in one write and waits for as many answers; the last one is handed on, lent.</summary>
    public Frame Ask(ReadOnlySpan<byte> requests, int count)
    {
        Send(requests);
        while (true)
        {
            while (_decoder.TryRead(out var frame) == FrameReadResult.Frame)
            {
                if (frame.Operation is Operation.Ping or Operation.BroadcastList)
                    continue;
                if (frame.Operation == Operation.Error)
                    Errors++;
                if (--count == 0)
                    return frame;
            }

            var received = _socket.Receive(_buffer);
            if (received == 0)
                throw new IOException("the tracker closed the connection");
            Bytes += received;
            _decoder.Feed(_buffer.AsMemory(0, received));
        }
    }

    /// <summary>Asks the same kind of thing again and again.</summary>
    /// <param name="request">Makes the next request.</param>
    /// <param name="depth">Requests in one write.</param>
    /// <param name="until">A reading of the clock.</param>
    /// <param name="pause">Between two rounds.</param>
    /// <returns>Answers.</returns>
    public long Repeat(Func<byte[]> request, int depth, long until, Latencies latencies, TimeSpan pause = default)
    {
        var answers = 0L;
        while (Stopwatch.GetTimestamp() < until)
        {
            byte[] requests = depth == 1 ? request() : [.. Enumerable.Range(0, depth).SelectMany(_ => request())];
            var begun = Stopwatch.GetTimestamp();
            Ask(requests, depth);
            latencies.Add(Stopwatch.GetElapsedTime(begun));
            answers += depth;
            if (pause > TimeSpan.Zero)
                Thread.Sleep(pause);
        }

        return answers;
    }

    public void Dispose() => _socket.Dispose();
}
