using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege;

/// <summary>A port that answers PING with PONG, so that the tracker counts it as reachable, and does not answer anything else.</summary>
internal sealed class PingResponder : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private long _silences;

    public PingResponder(IPAddress address)
    {
        _server.Bind(new IPEndPoint(address, 0));
        _server.Listen(512);
        Port = ((IPEndPoint)_server.LocalEndPoint!).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The number of frames that were not answered.</summary>
    public long Silences => Interlocked.Read(ref _silences);

    public void Dispose() => _server.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _server.AcceptAsync().ConfigureAwait(false));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The run has ended.
            return;
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var (buffer, decoder) = (new byte[1024], new FrameDecoder());
                while (await socket.ReceiveAsync(buffer).ConfigureAwait(false) is > 0 and var count)
                {
                    decoder.Feed(buffer.AsMemory(0, count));
                    while (decoder.TryRead(out var frame) == FrameReadResult.Frame)
                    {
                        if (frame.Operation == Operation.Ping)
                            await socket.SendAsync(FrameEncoder.Encode(Operation.Pong, frame.SongId)).ConfigureAwait(false);
                        else
                            Interlocked.Increment(ref _silences);
                    }
                }
            }
            catch (SocketException)
            {
                // The other side has closed the connection.
                return;
            }
        }
    }
}
