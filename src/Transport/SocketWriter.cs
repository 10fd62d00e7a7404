using System.Runtime.InteropServices;
using Akka.Actor;
using ByteString = Akka.IO.ByteString;
using Tcp = Akka.IO.Tcp;

namespace TspActors.Transport;

/// <summary>Hands bytes to the socket without copying them and counts what the operating system has not taken yet.</summary>
internal sealed class SocketWriter(IActorRef socket)
{
    // The acknowledgement of a write is the only sign that it moves; slices of this size show it on a slow link too.
    private const int MaxWriteBytes = 128 * 1024;

    /// <summary>Bytes written and not taken by the operating system.</summary>
    public long InFlight { get; private set; }

    /// <summary>
    /// Writes <paramref name="first"/> and <paramref name="second"/>, which must stay as they are until all is taken; the <see cref="Taken"/> of the last byte
    /// brings <paramref name="receipt"/>.
    /// </summary>
    public void Write(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, Receipt? receipt = null)
    {
        var data = Wrap(first).Concat(Wrap(second));
        InFlight += data.Count;
        var offset = 0;
        for (; data.Count - offset > MaxWriteBytes; offset += MaxWriteBytes)
            socket.Tell(Tcp.Write.Create(data.Slice(offset, MaxWriteBytes), new Taken(MaxWriteBytes, null)));
        var rest = offset == 0 ? data : data.Slice(offset);
        socket.Tell(Tcp.Write.Create(rest, new Taken(rest.Count, receipt)));
    }

    /// <summary>Counts an acknowledged write out.</summary>
    public void Acknowledge(Taken taken) => InFlight -= taken.Bytes;

    private static ByteString Wrap(ReadOnlyMemory<byte> bytes) =>
        bytes.IsEmpty ? ByteString.Empty
        : MemoryMarshal.TryGetArray(bytes, out var array) ? ByteString.FromBytes(array)
        : ByteString.FromBytes(bytes.ToArray());

    /// <summary>The operating system has taken a write.</summary>
    internal sealed class Taken(int bytes, Receipt? receipt) : Tcp.Event, Akka.Event.IDeadLetterSuppression
    {
        public int Bytes { get; } = bytes;

        public Receipt? Receipt { get; } = receipt;
    }
}

/// <summary>Who is told when a write was taken, and by which word.</summary>
internal sealed record Receipt(IActorRef Sender, object Token);
