using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TspActors.Benchmarks.Load;

namespace TspActors.Benchmarks;

/// <summary>
/// The verb "http-load HOST:PORT PATH N BYTES_PER_SECOND SECONDS PID [AUTHORIZATION]" runs listeners of one song over HTTP. Like players,
/// they read at the song's own rate after a burst. Reports late bytes, and the server's processor time.
/// </summary>
internal static class HttpLoadCommand
{
    private const int BurstSeconds = 5;
    private const int StepMs = 250;
    private const int ReceiveBuffer = 32 * 1024;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Length is not (6 or 7) || arguments[0].Split(':') is not [var host, var port])
        {
            await Console.Error.WriteLineAsync("usage: http-load HOST:PORT PATH LISTENERS BYTES_PER_SECOND SECONDS PID [AUTHORIZATION]")
                .ConfigureAwait(false);
            return 2;
        }

        var numbers = arguments[2..6].Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var (count, rate, seconds, server) = (numbers[0], numbers[1], numbers[2], numbers[3]);
        var request = $"GET {arguments[1]} HTTP/1.1\r\nHost: {arguments[0]}\r\nConnection: close\r\n"
            + (arguments.Length == 7 ? $"Authorization: {arguments[6]}\r\n" : "") + "\r\n";
        var listeners = Enumerable.Range(0, count).Select(_ => new Listener(rate)).ToList();
        using var stop = new CancellationTokenSource();
        var running = new List<Task>();
        foreach (var listener in listeners)
        {
            running.Add(listener.RunAsync(host, int.Parse(port, CultureInfo.InvariantCulture), request, stop.Token));
            await Task.Delay(5, stop.Token).ConfigureAwait(false);
        }

        // The bursts are over.
        await Task.Delay(TimeSpan.FromSeconds(BurstSeconds), stop.Token).ConfigureAwait(false);
        var before = ServerUsage.Of(server);
        var (ownBefore, bytesBefore) = (ServerUsage.OwnProcessor(), listeners.Sum(listener => listener.Received));
        await Task.Delay(TimeSpan.FromSeconds(seconds), stop.Token).ConfigureAwait(false);
        var after = ServerUsage.Of(server);
        var (own, bytes) = (ServerUsage.OwnProcessor() - ownBefore, listeners.Sum(listener => listener.Received) - bytesBefore);
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var failure = listeners.Select(listener => listener.Failure).FirstOrDefault(reason => reason is not null);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"listeners {count}, failed {listeners.Count(listener => listener.Failure is not null)} {failure}, late {listeners.Count(listener => listener.Late)}, "
            + $"{bytes / 1e6 / seconds:0.0} MB/s, server {(after.Processor - before.Processor).TotalSeconds:0.00} s in {seconds} s, "
            + $"memory {after.ResidentBytes / 1e6:0} MB, generator {own.TotalSeconds:0.00} s"));
        return 0;
    }

    private sealed class Listener(int rate)
    {
        private long _received;

        public long Received => Volatile.Read(ref _received);

        /// <summary>Whether a byte arrived after it should have been heard.</summary>
        public bool Late { get; private set; }

        public string? Failure { get; private set; }

        public async Task RunAsync(string host, int port, string request, CancellationToken cancellation)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(ReceiveBuffer);
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.ReceiveBufferSize = ReceiveBuffer;
                await socket.ConnectAsync(host, port, cancellation).ConfigureAwait(false);
                await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellation).ConfigureAwait(false);
                var first = await socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false);
                if (!Encoding.ASCII.GetString(buffer, 0, Math.Min(first, 15)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                    throw new IOException(Encoding.ASCII.GetString(buffer, 0, Math.Min(first, 60)));
                var start = Stopwatch.GetTimestamp();
                Volatile.Write(ref _received, first);
                while (true)
                {
                    await Task.Delay(StepMs, cancellation).ConfigureAwait(false);
                    var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
                    var wanted = (long)((elapsed + BurstSeconds) * rate);
                    while (_received < wanted)
                    {
                        var asked = (int)Math.Min(buffer.Length, wanted - _received);
                        var received = await socket.ReceiveAsync(buffer.AsMemory(0, asked), cancellation).ConfigureAwait(false);
                        if (received == 0)
                            throw new IOException("the server closed the connection");
                        Volatile.Write(ref _received, _received + received);
                        // The listener plays from the first byte on.
                        Late |= _received < (Stopwatch.GetElapsedTime(start).TotalSeconds - 1) * rate;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The run is over.
            }
            catch (Exception error) when (error is IOException or SocketException)
            {
                Failure = error.Message;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
