using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TspActors.Peer.Reaching.Mapping;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>A mapping in the table of a <see cref="FakeRouter"/>.</summary>
internal sealed record FakeMapping(string Client, int Port, long LeaseSeconds);

/// <summary>A router on loopback that speaks NAT-PMP, PCP and UPnP, and makes the mistakes that a test chooses.</summary>
internal sealed class FakeRouter : IAsyncDisposable
{
    // A loopback address that is not the router's.
    public static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.2");

    private readonly Socket _pmp = Udp(IPAddress.Loopback);
    private readonly Socket _ssdp = Udp(IPAddress.Loopback);
    private readonly Socket _elsewhere = Udp(Elsewhere);
    private readonly FakeIgd _igd;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Task _serving;
    private uint _epoch = 1_000_000;

    public FakeRouter()
    {
        _igd = new FakeIgd(this, _stopped.Token);
        // On the thread pool, because a test's own context may be waiting for the router.
        _serving = Task.Run(() => Task.WhenAll(ServeAsync(_pmp, ReplyToPmp), ServeAsync(_ssdp, ReplyToSearch), _igd.ServeAsync()));
    }

    public RouterAddresses RouterAddresses => new(IPAddress.Loopback, IPAddress.Loopback, _pmp.Address().Port, _ssdp.Address());

    public bool SpeaksNatPmp { get; set; }

    public bool SpeaksPcp { get; set; }

    public bool SpeaksUpnp { get; set; }

    /// <summary>Whether replies over UDP come from <see cref="Elsewhere"/>.</summary>
    public bool RepliesFromElsewhere { get; set; }

    public NatPmpResult PmpResult { get; set; }

    public IPAddress ExternalAddress { get; set; } = IPAddress.Parse("5.5.0.21");

    /// <summary>Returns the port that the router grants via NAT-PMP or PCP for a requested one.</summary>
    public Func<int, int> PortToGrant { get; set; } = wanted => wanted;

    /// <summary>Returns the error code for a request to add a mapping via UPnP; 0 = none.</summary>
    public Func<int, FakeMapping, int> AddError { get; set; } = (_, _) => 0;

    /// <summary>The address of the description in the reply to a search; null = at this router.</summary>
    public string? Location { get; set; }

    /// <summary>The address for UPnP requests that the description names.</summary>
    public string Control { get; set; } = "/control";

    /// <summary>Where HTTP requests are redirected to; null = nowhere.</summary>
    public string? Redirect { get; set; }

    /// <summary>The number of characters in the friendly name of the description.</summary>
    public int Padding { get; set; }

    /// <summary>The mappings by their external ports.</summary>
    public ConcurrentDictionary<int, FakeMapping> Table { get; } = new();

    /// <summary>The packets that arrived on the port for NAT-PMP and PCP.</summary>
    public ConcurrentQueue<byte[]> PmpPackets { get; } = [];

    /// <summary>The searches that arrived.</summary>
    public ConcurrentQueue<string> Searches { get; } = [];

    /// <summary>The requests to add a mapping via UPnP: external port and lease.</summary>
    public ConcurrentQueue<(int Port, long LeaseSeconds)> Added { get; } = [];

    public IEnumerable<byte[]> MapPackets => PmpPackets.Where(packet => packet.Length is NatPmp.MapRequestSize or Pcp.PacketSize);

    /// <summary>Forgets all mappings and starts a new epoch, as after a power failure.</summary>
    public void Restart()
    {
        Table.Clear();
        Volatile.Write(ref _epoch, 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _serving;
        _pmp.Dispose();
        _ssdp.Dispose();
        _elsewhere.Dispose();
        _igd.Dispose();
        _stopped.Dispose();
    }

    private static Socket Udp(IPAddress address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private async Task ServeAsync(Socket socket, Func<byte[], byte[]?> reply)
    {
        var buffer = new byte[4096];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer.AsMemory(), SocketFlags.None, anyone, _stopped.Token);
                if (reply(buffer[..received.ReceivedBytes]) is { } packet)
                    await (RepliesFromElsewhere ? _elsewhere : socket).SendToAsync(
                        packet, SocketFlags.None, received.RemoteEndPoint, _stopped.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private byte[]? ReplyToSearch(byte[] packet)
    {
        var search = Encoding.ASCII.GetString(packet);
        Searches.Enqueue(search);
        var target = search.Split("\r\n").Single(line => line.StartsWith("ST: ", StringComparison.Ordinal))[4..];
        return SpeaksUpnp && target == "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
            ? Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: {target}\r\nLocation: {Location ?? _igd.Location}\r\n\r\n")
            : null;
    }

    private byte[]? ReplyToPmp(byte[] packet)
    {
        PmpPackets.Enqueue(packet);
        if (packet[0] == 2)
            return SpeaksPcp ? ReplyToPcp(packet) : null;
        if (!SpeaksNatPmp)
            return SpeaksPcp ? [0, (byte)(packet[1] | 0x80), 0, 1, 0, 0, 0, 0] : null;
        var reply = new byte[packet[1] == 0 ? 12 : 16];
        reply[1] = (byte)(packet[1] | 0x80);
        reply[3] = (byte)PmpResult;
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(4), Volatile.Read(ref _epoch));
        if (packet[1] == 0)
            ExternalAddress.TryWriteBytes(reply.AsSpan(8), out _);
        else if (PmpResult == NatPmpResult.Success)
            Map(packet.AsSpan(4), BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(8)), reply.AsSpan(8), reply.AsSpan(12));
        return reply;
    }

    private byte[] ReplyToPcp(byte[] packet)
    {
        var reply = packet.ToArray();
        reply[1] |= 0x80;
        reply.AsSpan(2, 22).Clear();
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(8), Volatile.Read(ref _epoch));
        // ANNOUNCE has no more than the header.
        if (packet[1] == 0)
            return reply;
        Map(packet.AsSpan(40), BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4)), reply.AsSpan(40), reply.AsSpan(4));
        ExternalAddress.MapToIPv6().TryWriteBytes(reply.AsSpan(44), out _);
        return reply;
    }

    // In both protocols, the internal port precedes the external one.
    private void Map(ReadOnlySpan<byte> wanted, uint lease, Span<byte> ports, Span<byte> granted)
    {
        var internalPort = BinaryPrimitives.ReadUInt16BigEndian(wanted);
        var externalPort = 0;
        if (lease == 0)
        {
            foreach (var (port, _) in Table.Where(entry => entry.Value.Port == internalPort))
                Table.TryRemove(port, out _);
        }
        else
        {
            externalPort = PortToGrant(BinaryPrimitives.ReadUInt16BigEndian(wanted[2..]));
            Table[externalPort] = new FakeMapping("127.0.0.1", internalPort, lease);
        }

        BinaryPrimitives.WriteUInt16BigEndian(ports, internalPort);
        BinaryPrimitives.WriteUInt16BigEndian(ports[2..], (ushort)externalPort);
        BinaryPrimitives.WriteUInt32BigEndian(granted, lease);
    }
}
