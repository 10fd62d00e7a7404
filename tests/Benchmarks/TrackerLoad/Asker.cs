using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>A client connection for one thread, which sends one or more requests at a time and waits for the replies.</summary>
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

    /// <summary>The number of ERROR replies so far.</summary>
    public int Errors { get; private set; }

    public long Bytes { get; private set; }

    public void Send(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    /// <summary>
    /// Sends all requests in one write and waits for a reply to each. Returns the last reply, which is valid until the next call.
    /// </summary>
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

    /// <summary>Sends requests of one kind repeatedly.</summary>
    /// <param name="request">Creates the next request.</param>
    /// <param name="depth">The number of requests in each round, sent in one write.</param>
    /// <param name="until">The timestamp at which to stop.</param>
    /// <param name="latencies">Receives the duration of each round.</param>
    /// <param name="pause">The pause between two rounds.</param>
    /// <returns>The number of replies.</returns>
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
