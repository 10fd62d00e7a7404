using System.Net.Sockets;

namespace TspActors.Transport.Connections;

/// <summary>The sending side of a connection: plain (<see cref="SocketWriter"/>) or encrypted.</summary>
internal interface ILinkWriter : IDisposable
{
    /// <summary>The number of bytes passed to <see cref="Write"/> that the operating system has not accepted yet.</summary>
    long InFlight { get; }

    /// <summary>True if bytes from the remote end are waiting in the operating system to be read.</summary>
    bool HasUnreadInput { get; }

    /// <summary>The error that ended writing, or null.</summary>
    SocketError? Failure { get; }

    /// <summary>
    /// Writes <paramref name="first"/> and <paramref name="second"/>, which must not change before the socket has accepted both.
    /// Then <paramref name="receipt"/> is passed to the callback.
    /// </summary>
    void Write(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, Receipt? receipt = null);

    /// <summary>Resumes writing after <see cref="SocketWriter.Progress"/>.</summary>
    void Continue();

    /// <summary>Marks the end of the output, after everything written so far.</summary>
    void EndOutput();
}
