using System.Net.Security;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Tls;

/// <summary>Checks that TLS records may arrive in pieces of any size.</summary>
public sealed class TornTlsSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    protected override bool IsSecure => true;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task A_handshake_and_frames_in_tiny_pieces_are_read(int pieceBytes)
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        using var raw = await RawTspClient.Connect(address);
        await using var tls = new SslStream(new TearingStream(raw.Socket, pieceBytes));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "",
            ClientCertificateContext = ClientIdentity.Context,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        });
        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        Assert.Equal(ClientIdentity.KeyId, opened.RemoteKey);
        opened.Connection.Tell(ReadMore.Instance, sessions);
        byte[] frames = [.. FrameEncoder.Encode(Operation.List), .. FrameEncoder.Encode(Operation.Share, 0, new byte[300]),
            .. FrameEncoder.Encode(Operation.Info, 5)];
        await tls.WriteAsync(frames);
        Assert.Equal([Operation.List, Operation.Share, Operation.Info], await Operations(opened, sessions, 3));
        // A record for each byte.
        foreach (var one in frames)
            await tls.WriteAsync(new[] { one });
        Assert.Equal([Operation.List, Operation.Share, Operation.Info], await Operations(opened, sessions, 3));
        await tls.ShutdownAsync();
        raw.Socket.Shutdown(SocketShutdown.Send);
        await sessions.ExpectMsgAsync<InputEnded>();
    }

    private static async Task<List<Operation>> Operations(ConnectionOpened opened, TestProbe sessions, int count)
    {
        var operations = new List<Operation>();
        while (operations.Count < count)
        {
            operations.AddRange((await sessions.ExpectMsgAsync<FramesReceived>()).Frames.Select(frame => frame.Operation));
            opened.Connection.Tell(ReadMore.Instance, sessions);
        }

        return operations;
    }

    /// <summary>Sends everything in pieces of one size, each in a TCP segment of its own.</summary>
    private sealed class TearingStream(Socket socket, int pieceBytes) : NetworkStream(socket)
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var rest = buffer; !rest.IsEmpty; rest = rest[Math.Min(pieceBytes, rest.Length)..])
                await base.WriteAsync(rest[..Math.Min(pieceBytes, rest.Length)], cancellationToken);
        }
    }
}
