using System.Net;
using System.Net.Sockets;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Siege;

/// <summary>Reads a tracker's whole catalog without registering.</summary>
internal static class CatalogReader
{
    private const int PageSize = 1000;

    /// <summary>Lists all songs, or at least those up to an id.</summary>
    /// <exception cref="IOException">The tracker closed the connection.</exception>
    /// <exception cref="SocketException">The tracker could not be reached, or the connection was lost.</exception>
    public static async Task<List<Song>> ReadAsync(IPEndPoint tracker, IPAddress from, CancellationToken stop, int upTo = int.MaxValue)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(tracker, stop).ConfigureAwait(false);
        var (songs, buffer, decoder, cursor) = (new List<Song>(), new byte[256 * 1024], new FrameDecoder(), 0);
        do
        {
            await socket.SendAsync(
                FrameEncoder.Encode(Operation.List, cursor, new ListRequest { Limit = PageSize }), stop).ConfigureAwait(false);
            var page = await ReadPageAsync(socket, decoder, buffer, stop).ConfigureAwait(false);
            songs.AddRange(page.Songs);
            cursor = page.NextCursor;
        }
        while (cursor != 0 && cursor < upTo);
        return songs;
    }

    private static async Task<SongPage> ReadPageAsync(Socket socket, FrameDecoder decoder, byte[] buffer, CancellationToken stop)
    {
        while (true)
        {
            while (decoder.TryRead(out var frame) == FrameReadResult.Frame)
            {
                if (frame.Operation == Operation.Ping)
                    continue;
                SiegePeer.Expect(frame, Operation.List);
                return SongPage.Parser.ParseFrom(frame.Body.Span);
            }

            if (await socket.ReceiveAsync(buffer, stop).ConfigureAwait(false) is not (> 0 and var count))
                throw new IOException("the tracker closed the connection");
            decoder.Feed(buffer.AsMemory(0, count));
        }
    }
}
