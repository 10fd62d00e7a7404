using System.Net.Sockets;
using Akka.Actor;
using TspActors.Protocol;

namespace TspActors.Transport.Connections;

/// <summary>The sending side of a connection. It reports every write to the deadlines, and limits the queued bytes.</summary>
internal sealed class ConnectionOutput
{
    private readonly ConnectionDeadlines _deadlines;
    private readonly int _maxQueuedBytes;
    private ILinkWriter? _writer;
    private int _pings;

    public ConnectionOutput(ConnectionDeadlines deadlines, int maxQueuedBytes)
    {
        _deadlines = deadlines;
        _maxQueuedBytes = maxQueuedBytes;
        Accepted = OnAccepted;
    }

    /// <summary>
    /// The callback for a writer. Called with the receipt when the socket has accepted a complete write, and with null on other progress.
    /// </summary>
    public Action<Receipt?> Accepted { get; }

    /// <summary>True if the operating system has accepted everything.</summary>
    public bool IsSent => _writer!.InFlight == 0;

    /// <summary>True if bytes from the remote end are waiting in the operating system to be read.</summary>
    public bool HasUnreadInput => _writer!.HasUnreadInput;

    /// <summary>Why nothing more can be sent; null = sending still works.</summary>
    public ConnectionClosed? Failure => _writer!.Failure is { } failure
        ? new ConnectionClosed(CloseReason.Lost, $"writing failed: {new SocketException((int)failure).Message}")
        : null;

    /// <summary>Sends through this writer from now on.</summary>
    public void Use(ILinkWriter writer)
    {
        _writer?.Dispose();
        _writer = writer;
    }

    /// <summary>Returns why <paramref name="send"/> does not fit into the queue; null if it fits.</summary>
    public ConnectionClosed? RefuseIfFull(Send send) =>
        _writer!.InFlight + send.First.Length + send.Second.Length > _maxQueuedBytes
            ? new ConnectionClosed(CloseReason.Aborted, $"more than {_maxQueuedBytes} bytes were queued for the remote end")
            : null;

    /// <summary>Writes up to two pieces, which must not change before the socket has accepted them.</summary>
    public void Write(TimeSpan now, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, Receipt? receipt = null)
    {
        _deadlines.Wrote(now);
        _writer!.Write(first, second, receipt);
    }

    /// <summary>Writes a PING with the next number.</summary>
    public void WritePing(TimeSpan now)
    {
        _pings = _pings == int.MaxValue ? 1 : _pings + 1;
        Write(now, FrameEncoder.Encode(Operation.Ping, _pings));
    }

    /// <summary>Resumes writing after <see cref="SocketWriter.Progress"/>.</summary>
    public void Continue() => _writer!.Continue();

    /// <summary>Marks the end of the output.</summary>
    public void End() => _writer!.EndOutput();

    /// <summary>Releases the writer.</summary>
    public void Release() => _writer?.Dispose();

    private void OnAccepted(Receipt? receipt)
    {
        _deadlines.Accepted(DeadlineTimer.Now, _writer!.InFlight == 0);
        receipt?.Sender.Tell(new Sent(receipt.Token));
    }
}
