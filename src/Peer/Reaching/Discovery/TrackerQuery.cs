using System.Net.NetworkInformation;
using System.Net.Sockets;
using TspActors.Protocol.Mdns;
using TspActors.Transport.Multicast;

namespace TspActors.Peer.Reaching.Discovery;

/// <summary>Asks once for trackers on all of this machine's networks.</summary>
/// <remarks>
/// The query goes to the multicast DNS group from an ephemeral port, so that only this program receives the replies, and a responder
/// such as avahi is not disturbed (RFC 6762 section 5.1). It is sent three times, because a datagram may be lost.
/// </remarks>
internal static class TrackerQuery
{
    // The attempts are 500 ms apart. After the last one, the program waits for a second.
    private static readonly TimeSpan[] Waits = [TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1)];

    // A flood of datagrams must not keep this program busy.
    private const int MaxDatagrams = 1_000;

    /// <summary>Returns the trackers that have answered within 2 s.</summary>
    /// <param name="group">The groups, the port and the interfaces.</param>
    /// <param name="isEnough">Returns true to end the wait early; null = never.</param>
    /// <param name="cancellation">Cancels the wait with an exception.</param>
    /// <exception cref="IOException">No network can be queried. The message says why.</exception>
    public static async Task<IReadOnlyList<FoundTracker>> RunAsync(
        MulticastGroup group, Func<IReadOnlyList<FoundTracker>, bool>? isEnough = null, CancellationToken cancellation = default)
    {
        var id = (ushort)Random.Shared.Next(1, ushort.MaxValue + 1);
        var query = new DnsMessage { Id = id, Questions = [MdnsNames.TrackerQuestion] }.Encode();
        var networks = FindNetworks(group);
        var replies = new TrackerReplies(id, networks);
        var gate = new Lock();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sockets = Open(group);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] receiving = [.. sockets.Select(socket => ReceiveAsync(socket, Add, ended.Token))];
        try
        {
            foreach (var wait in Waits)
            {
                if (!Send(sockets, networks, query, out var failure))
                    throw new IOException($"could not ask the local network: {failure}");
                if (await Task.WhenAny(enough.Task, Task.Delay(wait, cancellation)).ConfigureAwait(false) == enough.Task)
                    break;
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            foreach (var socket in sockets)
                socket.Dispose();
            await Task.WhenAll(receiving).ConfigureAwait(false);
        }

        return replies.Found;

        void Add(MulticastDatagram datagram)
        {
            lock (gate)
            {
                replies.Add(datagram);
                if (isEnough?.Invoke(replies.Found) == true)
                    enough.TrySetResult();
            }
        }
    }

    private static IReadOnlyList<MulticastInterface> FindNetworks(MulticastGroup group)
    {
        try
        {
            return group.FindInterfaces();
        }
        catch (NetworkInformationException error)
        {
            throw new IOException($"could not list this machine's networks: {error.Message}", error);
        }
    }

    private static List<MulticastSocket> Open(MulticastGroup group)
    {
        var sockets = new List<MulticastSocket>();
        SocketException? failure = null;
        foreach (var address in group.Groups)
        {
            try
            {
                sockets.Add(MulticastSocket.OpenForReplies(address, group.Port));
            }
            catch (SocketException error)
            {
                failure = error;
            }
        }

        return sockets.Count > 0
            ? sockets
            : throw new IOException($"could not ask the local network: {failure?.Message ?? "this machine has no network"}");
    }

    // Returns false if the question could not be sent on any interface. A single interface may be down, or have no address in the socket's
    // address family.
    private static bool Send(
        List<MulticastSocket> sockets, IReadOnlyList<MulticastInterface> networks, byte[] query, out string failure)
    {
        failure = "this machine has no network";
        var isSent = false;
        foreach (var network in networks)
        {
            foreach (var socket in sockets)
            {
                try
                {
                    socket.SendToGroup(query, network);
                    isSent = true;
                }
                catch (SocketException error)
                {
                    failure = error.Message;
                }
            }
        }

        return isSent;
    }

    // Ends when the token is cancelled, when the socket is closed, or after too many datagrams. An error reporting that an earlier query
    // was refused is no reason to stop.
    private static async Task ReceiveAsync(MulticastSocket socket, Action<MulticastDatagram> add, CancellationToken cancellation)
    {
        for (var number = 0; number < MaxDatagrams; number++)
        {
            try
            {
                add(await socket.ReceiveAsync(cancellation).ConfigureAwait(false));
            }
            catch (SocketException) when (!cancellation.IsCancellationRequested)
            {
                // Counted like a datagram.
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }
}
