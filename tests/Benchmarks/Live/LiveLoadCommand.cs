using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Benchmarks.Live;

/// <summary>
/// <c>live-load tsp|http PORT ID|PATH LISTENERS SECONDS PID</c>: many listeners of one live stream at 128 kbit/s on this machine, at a host
/// or at an Icecast server. Prints the processor time and the memory that the server with this process id needs for them, and how many
/// listeners were late.
/// </summary>
/// <remarks>
/// A listener is late if the sound that it has received is shorter than the time since it joined, so the burst is its reserve.
/// </remarks>
internal static class LiveLoadCommand
{
    private const int BytesPerSecond = 16_000;
    private const int JoinsPerSecond = 200;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not [var protocol, var port, var what, var count, var seconds, var pid])
        {
            await Console.Error.WriteLineAsync("usage: live-load tsp|http PORT ID|PATH LISTENERS SECONDS PID").ConfigureAwait(false);
            return 2;
        }

        var server = new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        var request = protocol == "tsp"
            ? FrameEncoder.Encode(Operation.Play, int.Parse(what, CultureInfo.InvariantCulture), new PlayRequest { WantLiveProofs = true })
            : Encoding.ASCII.GetBytes($"GET {what} HTTP/1.0\r\nHost: localhost\r\n\r\n");
        var wanted = int.Parse(count, CultureInfo.InvariantCulture);
        var window = TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture));
        var memory = Resident(pid);
        var listeners = new List<Listener>();
        for (var i = 0; i < wanted; i++)
        {
            var listener = new Listener(isTsp: protocol == "tsp");
            await listener.JoinAsync(server, request).ConfigureAwait(false);
            listeners.Add(listener);
            if (i % 50 == 49)
                await Task.Delay(50_000 / JoinsPerSecond).ConfigureAwait(false);
        }

        await Task.Delay(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        var (processor, clock) = (Processor(pid), Stopwatch.GetTimestamp());
        for (var end = Stopwatch.GetElapsedTime(clock) + window; Stopwatch.GetElapsedTime(clock) < end;)
        {
            await Task.Delay(200).ConfigureAwait(false);
            listeners.ForEach(listener => listener.Look());
        }

        var used = Processor(pid) - processor;
        var elapsed = Stopwatch.GetElapsedTime(clock);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{protocol,-5} {wanted} listeners: {used.TotalSeconds / elapsed.TotalSeconds * 100:0.0} % of a core, "
                + $"{(Resident(pid) - memory) / 1024.0 / wanted:0.0} KB each, late {listeners.Count(listener => listener.IsLate)}, "
                + $"gone {listeners.Count(listener => listener.IsGone)}, sound {listeners.Sum(listener => listener.Received) / 1e6:0} MB"))
            .ConfigureAwait(false);
        listeners.ForEach(listener => listener.Dispose());
        return 0;
    }

    private static TimeSpan Processor(string pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(
            fields[12], CultureInfo.InvariantCulture)));
    }

    private static long Resident(string pid) => 1024 * long.Parse(
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private sealed class Listener(bool isTsp) : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] _header = new byte[FrameHeader.SizeWithLength];
        private long _joinedAt;
        private long _received;
        private int _headerLength;
        private int _bodyLeft;
        private bool _isSound = !isTsp;

        public bool IsLate { get; private set; }

        public bool IsGone { get; private set; }

        public long Received => Interlocked.Read(ref _received);

        public async Task JoinAsync(IPEndPoint server, byte[] request)
        {
            await _socket.ConnectAsync(server).ConfigureAwait(false);
            await _socket.SendAsync(request).ConfigureAwait(false);
            _joinedAt = Stopwatch.GetTimestamp();
            _ = ReceiveAsync();
        }

        public void Look() => IsLate |= Received < Stopwatch.GetElapsedTime(_joinedAt).TotalSeconds * BytesPerSecond;

        public void Dispose() => _socket.Dispose();

        private async Task ReceiveAsync()
        {
            var buffer = new byte[4 * 1024];
            try
            {
                while (await _socket.ReceiveAsync(buffer).ConfigureAwait(false) is > 0 and var count)
                    Count(buffer.AsSpan(0, count));
                IsGone = true;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                IsGone = true;
            }
        }

        private void Count(ReadOnlySpan<byte> bytes)
        {
            if (!isTsp)
            {
                Interlocked.Add(ref _received, bytes.Length);
                return;
            }

            while (!bytes.IsEmpty)
            {
                if (_bodyLeft == 0)
                {
                    _header[_headerLength++] = bytes[0];
                    bytes = bytes[1..];
                    if (_headerLength == FrameHeader.SizeWithLength)
                        (_bodyLeft, _isSound, _headerLength) = (
                            BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(5)), (_header[0] & 0x7F) == (int)Operation.Data, 0);
                    continue;
                }

                var taken = Math.Min(_bodyLeft, bytes.Length);
                if (_isSound)
                    Interlocked.Add(ref _received, taken);
                _bodyLeft -= taken;
                bytes = bytes[taken..];
            }
        }
    }
}
