using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TspActors.Peer.Tests.Live.Sources;

/// <summary>A raw socket that speaks to the door for sources, as netcat does.</summary>
internal sealed class DoorClient : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TcpClient _client = new();

    private DoorClient()
    {
    }

    /// <summary>The number of bytes that have arrived but have not been read.</summary>
    public int Available => _client.Available;

    public static async Task<DoorClient> ConnectAsync(IPEndPoint endpoint)
    {
        var client = new DoorClient();
        await client._client.ConnectAsync(endpoint).WaitAsync(Deadline);
        return client;
    }

    public void Dispose() => _client.Dispose();

    public Task SendAsync(string text) =>
        _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().WaitAsync(Deadline);

    /// <summary>Reads the head of a response, up to and including the empty line.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append(await ReadAsync(1) is { Length: > 0 } letter ? letter : throw new EndOfStreamException(head.ToString()));
        return head.ToString();
    }

    /// <summary>Reads a response with its body, and returns the head.</summary>
    public async Task<string> ReadAnswerAsync()
    {
        const string length = "Content-Length: ";
        var head = await ReadHeadAsync();
        var line = head.Split("\r\n").Single(line => line.StartsWith(length, StringComparison.Ordinal));
        for (var left = int.Parse(line[length.Length..], System.Globalization.CultureInfo.InvariantCulture); left > 0;)
            left -= (await ReadAsync(left)).Length;
        return head;
    }

    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        while (await ReadAsync(4096) is { Length: > 0 } read)
            text.Append(read);
        return text.ToString();
    }

    private async Task<string> ReadAsync(int most)
    {
        var buffer = new byte[most];
        var count = await _client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Deadline);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }
}
