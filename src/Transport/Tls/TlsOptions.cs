using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TspActors.Transport.Tls;

/// <summary>SslStream's options for both ends of a connection.</summary>
internal static class TlsOptions
{
    private static readonly SslApplicationProtocol Tsp = new("tsp/1");

    // AES-128 first: it takes a fifth less processor time than AES-256, the default.
    private static readonly TlsCipherSuite[] Accepted =
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
    ];

    // On Linux, a server's connections share OpenSSL's context only if sessions may be resumed and no cipher order is set. Sharing saves 13
    // KiB per connection. RemoteKey is also correct in a resumed session: OpenSSL restores the certificate.
    private static readonly bool SharesContext = OperatingSystem.IsLinux();

    private static readonly CipherSuitesPolicy? ServerSuites = SharesContext ? null : Policy(Accepted);

    // Servers that share their context prefer other ciphers to AES-128, so in TLS 1.3 a client offers only AES-128, which every server must
    // support.
    private static readonly CipherSuitesPolicy? ClientSuites = Policy(
        [.. Accepted.Where(suite => suite is not (TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256 or TlsCipherSuite.TLS_AES_256_GCM_SHA384))]);

    static TlsOptions()
    {
        // Without session tickets, TLS 1.2 clients could fill a cache of 20,000 sessions. The cache cannot be turned off.
        if (SharesContext)
            AppContext.SetData("System.Net.Security.TlsCacheSize", "1");
    }

    // Not SslProtocols.None, which leaves the choice to the system: some systems still allow TLS 1.0.
#pragma warning disable CA5398 // docs/protocol.md requires both versions.
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore CA5398

    public static SslServerAuthenticationOptions Server(
        SslStreamCertificateContext own, RemoteCertificateValidationCallback check) => new()
        {
            ServerCertificateContext = own,
            // Requests a certificate. The check decides whether a client without one is accepted.
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = check,
            CertificateChainPolicy = Chain(null),
            ApplicationProtocols = [Tsp],
            EnabledSslProtocols = Versions,
            CipherSuitesPolicy = ServerSuites,
            AllowRenegotiation = false,
            AllowTlsResume = SharesContext,
        };

    public static SslClientAuthenticationOptions Client(
        TlsClient client, SslStreamCertificateContext own, RemoteCertificateValidationCallback check) => new()
        {
            // If there is no name to check, none is sent, so that an observer cannot see which host is being contacted.
            TargetHost = client.AuthorityName ?? "",
            ClientCertificateContext = own,
            RemoteCertificateValidationCallback = check,
            CertificateChainPolicy = Chain(client),
            ApplicationProtocols = [Tsp],
            EnabledSslProtocols = Versions,
            CipherSuitesPolicy = ClientSuites,
            AllowRenegotiation = false,
            AllowTlsResume = false,
        };

    /// <summary>Returns true if this cipher suite has authenticated encryption (AEAD) and forward secrecy (ECDHE).</summary>
    public static bool IsAccepted(TlsCipherSuite suite) => Accepted.Contains(suite);

    // Without this policy, .NET would download issuer certificates from an address that the remote end's certificate names.
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

    private static CipherSuitesPolicy? Policy(TlsCipherSuite[] suites)
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsAndroid())
            return null;
        try
        {
            return new CipherSuitesPolicy(suites);
        }
        catch (PlatformNotSupportedException)
        {
            return null;
        }
    }
}
