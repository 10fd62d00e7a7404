using System.Net.Sockets;
using Inet = Akka.IO.Inet;

namespace TspActors.Transport.AkkaInternals;

/// <summary>
/// A socket option that limits how much the operating system buffers for a remote end that does not read. Accepted sockets inherit the
/// limit of the server's socket.
/// </summary>
/// <param name="bytes">The size of the buffer; 0 = as large as the operating system chooses. Linux limits the size to
///   net.core.wmem_max and then doubles it.</param>
/// <remarks>Assumes that Akka.IO calls <see cref="BeforeServerSocketBind"/> for its server sockets.</remarks>
internal sealed class SendBuffer(int bytes) : Inet.SocketOption
{
    public override void BeforeServerSocketBind(Socket ss)
    {
        if (bytes > 0)
            ss.SendBufferSize = bytes;
    }
}
