using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TspActors.Transport.Tls;

/// <summary>The options of SslStream for both ends of a connection.</summary>
internal static class TlsOptions
{
    private static readonly SslApplicationProtocol Tsp = new("tsp/1");

    private static readonly CipherSuitesPolicy? Suites = CreateSuites();

    // Not SslProtocols.None, the system's choice: some systems still allow TLS 1.0.
#pragma warning disable CA5398 // Both versions are what docs/protocol.md requires.
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore CA5398

    public static SslServerAuthenticationOptions Server(TlsIdentity identity, RemoteCertificateValidationCallback check) => new()
    {
        ServerCertificateContext = identity.Context,
        // Asks for a certificate; the check decides whether a client may have none.
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = check,
        CertificateChainPolicy = Chain(null),
        ApplicationProtocols = [Tsp],
        EnabledSslProtocols = Versions,
        CipherSuitesPolicy = Suites,
        AllowRenegotiation = false,
        // A resumed session could skip the check of the key.
        AllowTlsResume = false,
    };

    public static SslClientAuthenticationOptions Client(TlsClient client, RemoteCertificateValidationCallback check) => new()
    {
        // Without a name to check, none is sent, so that the wire does not show which host is meant.
        TargetHost = client.AuthorityName ?? "",
        ClientCertificateContext = client.Identity.Context,
        RemoteCertificateValidationCallback = check,
        CertificateChainPolicy = Chain(client),
        ApplicationProtocols = [Tsp],
        EnabledSslProtocols = Versions,
        CipherSuitesPolicy = Suites,
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };

    // Without this policy, .NET would download issuers from an address that the remote end's certificate names.
    private static X509ChainPolicy Chain(TlsClient? client)
    {
        var policy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        };
        if (client?.AuthorityName is null)
            policy.VerificationFlags = X509VerificationFlags.AllFlags;
        else if (client.Authorities is { } authorities)
            policy.CustomTrustStore.AddRange(authorities);
        else
            policy.TrustMode = X509ChainTrustMode.System;
        return policy;
    }

    // AES-128 first: it costs a fifth less processor time than AES-256, the default.
    private static CipherSuitesPolicy? CreateSuites()
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsAndroid())
            return null;
        try
        {
            return new CipherSuitesPolicy(
            [
                TlsCipherSuite.TLS_AES_128_GCM_SHA256,
                TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
                TlsCipherSuite.TLS_AES_256_GCM_SHA384,
                TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
                TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            ]);
        }
        catch (PlatformNotSupportedException)
        {
            return null;
        }
    }
}
