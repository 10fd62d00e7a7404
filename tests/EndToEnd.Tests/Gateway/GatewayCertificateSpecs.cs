using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TspActors.EndToEnd.Tests.Programs;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>Checks which certificate a real gateway presents on its HTTPS port.</summary>
public sealed class GatewayCertificateSpecs
{
    [Fact]
    public async Task On_SIGHUP_the_gateway_shows_a_renewed_certificate_and_keeps_it_if_the_next_one_cannot_be_read()
    {
        await using var stage = new Stage();
        var (certificate, key) = (stage.Folder.In("fullchain.pem"), stage.Folder.In("privkey.pem"));
        var first = Make(certificate, key);
        var tracker = await stage.StartTrackerAsync();
        var peer = await Stage.ReadyAsync(stage.Start(
            "Peer", [.. stage.PeerArguments(tracker, "alice"), "serve", "--http", "127.0.0.1:0"],
            [
                $"TSP__PEER__HTTP__CERTIFICATE={certificate}", $"TSP__PEER__HTTP__CERTIFICATE_KEY={key}",
                "TSP__PEER__HTTP__CERTIFICATE_RELOAD_INTERVAL=1d", "TSP__PEER__LOG_LEVEL=info",
            ]));
        var url = new Uri((await peer.Process.ReportsAsync(@"^gateway ready on (https://\S+)$")).Groups[1].Value);
        Assert.Equal(first, await ShownAsync(url));

        var second = Make(certificate, key);
        peer.Process.Signal("HUP");
        await peer.Process.ReportsAsync("the gateway's certificate in .*fullchain.pem has been renewed");
        Assert.Equal(second, await ShownAsync(url));

        await File.WriteAllTextAsync(certificate, "not a certificate");
        peer.Process.Signal("HUP");
        await peer.Process.ReportsAsync("the gateway's previous certificate, which is valid until .*, stays in use: .*fullchain.pem");
        Assert.Equal(second, await ShownAsync(url));
    }

    private static string Make(string certificate, string key)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var made = new CertificateRequest("CN=gateway", pair, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(10));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
        return made.Thumbprint;
    }

    // Returns the thumbprint of the certificate that a new connection to the web page receives.
    private static async Task<string> ShownAsync(Uri url)
    {
        var shown = "";
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = certificate?.GetCertHashString() ?? "";
                    return shown.Length > 0;
                },
            },
        })
        { Timeout = ProgramProcess.Deadline };
        using var page = await client.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return shown;
    }
}
