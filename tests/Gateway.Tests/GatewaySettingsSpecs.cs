using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using TspActors.Transport.Tls;

namespace TspActors.Gateway.Tests;

public sealed class GatewaySettingsSpecs : IDisposable
{
    private readonly TempData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void The_gateway_is_off_and_on_loopback_by_default()
    {
        var settings = new GatewaySettings();

        Assert.False(settings.Enabled);
        Assert.Equal("127.0.0.1:7073", settings.Endpoint.ToString());
        Assert.True(settings.RequiresKeys);
    }

    [Theory]
    [InlineData("pem", false, "not needed")]
    [InlineData("pem", false, null)]
    [InlineData("pem", true, "open sesame")]
    [InlineData("pem", true, "")]
    [InlineData("p12", true, "open sesame")]
    public async Task Every_certificate_that_the_settings_accept_is_shown(string form, bool isEncrypted, string? password)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest("CN=gateway.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            now.AddDays(-1), now.AddDays(10));
        var settings = Write(form, certificate, key, isEncrypted ? password : null) with
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
            CertificatePassword = password,
        };
        // The check of the settings.
        CertificateFile.Load(settings.Certificate!, settings.CertificateKey, settings.CertificatePassword).Dispose();
        using var system = ActorSystem.Create("gateway");

        await using var server = await GatewayServer.StartAsync(system, ActorRefs.Nobody, settings, _data.Path);

        using var client = new TcpClient();
        await client.ConnectAsync(server.Address);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "gateway.example",
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.Thumbprint,
        });
        Assert.True(tls.IsAuthenticated);
    }

    private GatewaySettings Write(string form, X509Certificate2 certificate, ECDsa key, string? password)
    {
        var (path, keyPath) = (_data.In($"certificate.{form}"), _data.In("key.pem"));
        if (form == "p12")
        {
            File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, password));
            return new GatewaySettings { Enabled = true, Certificate = path };
        }

        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000);
        File.WriteAllText(path, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, parameters));
        return new GatewaySettings { Enabled = true, Certificate = path, CertificateKey = keyPath };
    }
}
