using System.ComponentModel;
using System.Diagnostics;
using Akka.TestKit;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Tls;

/// <summary>Checks that a client with nothing but openssl can speak to the port.</summary>
public sealed class OpenSslSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    protected override bool IsSecure => true;

    [Theory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public async Task A_PING_from_openssl_is_answered_with_a_PONG(string version)
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        if (Start(address.Port, "-quiet", version) is not { } client)
            return;
        using (client)
        {
            await ExpectPing(client, sessions);
            var pong = new byte[5];
            await client.StandardOutput.BaseStream.ReadExactlyAsync(pong).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(FrameEncoder.Encode(Operation.Pong, 1), pong);
            client.Kill();
        }
    }

    [Fact]
    public async Task New_keys_during_a_connection_are_used()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        if (Start(address.Port, "-tls1_3") is not { } client)
            return;
        using (client)
        {
            // A line with K asks for new keys in both directions.
            await client.StandardInput.WriteAsync("K\n");
            await client.StandardInput.FlushAsync();
            await WaitFor(client.StandardError, "KEYUPDATE");
            await ExpectPing(client, sessions);
            await WaitFor(client.StandardOutput, "\u0009\0\0\0\u0001");
            client.Kill();
        }
    }

    [Fact]
    public async Task A_client_that_asks_for_a_renegotiation_is_cut()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        if (Start(address.Port, "-tls1_2") is not { } client)
            return;
        using (client)
        {
            var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
            opened.Connection.Tell(ReadMore.Instance, sessions);
            // A line with R asks for it.
            await client.StandardInput.WriteAsync("R\n");
            await client.StandardInput.FlushAsync();
            var closed = await sessions.ExpectMsgAsync<ConnectionClosed>();
            Assert.Equal(CloseReason.Lost, closed.Reason);
            Assert.StartsWith("TLS ended the connection", closed.Message, StringComparison.Ordinal);
            client.Kill();
        }
    }

    [Theory]
    [InlineData("-tls1_1", "DEFAULT@SECLEVEL=0")]
    [InlineData("-tls1_2", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA384")]
    public async Task Old_versions_and_ciphers_without_authentication_are_refused(string version, string ciphers)
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        if (Start(address.Port, version, "-cipher", ciphers) is not { } client)
            return;
        using (client)
        {
            await client.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
        }
    }

    [Theory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    public async Task A_resumed_session_shows_the_key_of_the_first_session(string version)
    {
        var folder = Directory.CreateTempSubdirectory("tsp-openssl-");
        var (key, session) = (Path.Combine(folder.FullName, "key.pem"), Path.Combine(folder.FullName, "session.pem"));
        using var identity = TestCertificates.WithPem(key);
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        foreach (var more in new[] { "-sess_out", "-sess_in" })
        {
            if (Start(address.Port, version, "-cert", key, "-key", key, more, session) is not { } client)
                return;
            using (client)
            {
                var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
                Assert.Equal(identity.KeyId, opened.RemoteKey);
                opened.Connection.Tell(ReadMore.Instance, sessions);
                await AwaitAssertAsync(() => Assert.Contains("-----END", File.ReadAllText(session), StringComparison.Ordinal));
                await WaitFor(client.StandardOutput, more == "-sess_in" && OperatingSystem.IsLinux() ? "Reused, TLSv1" : "New, TLSv1");
                // A client that is killed while it writes the session of a further ticket leaves an incomplete file.
                client.StandardInput.Close();
                await client.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
                await sessions.FishForMessageAsync(message => message is ConnectionClosed or InputEnded, TimeSpan.FromSeconds(30));
            }
        }

        folder.Delete(recursive: true);
    }

    private static async Task ExpectPing(Process client, TestProbe sessions)
    {
        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        Assert.Equal((true, null), (opened.IsSecure, opened.RemoteKey));
        opened.Connection.Tell(ReadMore.Instance, sessions);
        await client.StandardInput.BaseStream.WriteAsync(FrameEncoder.Encode(Operation.Ping, 1));
        await client.StandardInput.BaseStream.FlushAsync();
        var ping = Assert.Single((await sessions.ExpectMsgAsync<FramesReceived>()).Frames);
        Assert.Equal((Operation.Ping, 1), (ping.Operation, ping.SongId));
        opened.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong, 1)), sessions);
    }

    private static async Task WaitFor(StreamReader reader, string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var seen = "";
        var buffer = new char[1000];
        while (!seen.Contains(text, StringComparison.Ordinal))
            seen += new string(buffer, 0, await reader.ReadAsync(buffer, patience.Token));
    }

    private Process? Start(int port, params string[] more)
    {
        var start = new ProcessStartInfo("openssl")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["s_client", "-connect", $"127.0.0.1:{port}", "-alpn", "tsp/1", .. more])
            start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Output.WriteLine("openssl is not installed");
            return null;
        }
    }
}
