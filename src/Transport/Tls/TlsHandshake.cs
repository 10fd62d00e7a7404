using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using TspActors.Protocol;

namespace TspActors.Transport.Tls;

/// <summary>One TLS handshake, as the server or as the client: performs it, checks the remote end's key, and explains a failure.</summary>
internal sealed class TlsHandshake
{
    private readonly TlsIdentity _identity;
    private readonly TlsClient? _client;
    private HandshakeFailed? _refusal;

    private TlsHandshake(TlsIdentity identity, TlsClient? client)
    {
        _identity = identity;
        _client = client;
    }

    public bool IsServer => _client is null;

    public static TlsHandshake Accept(TlsIdentity identity) => new(identity, null);

    public static TlsHandshake Connect(TlsClient client) => new(client.Identity, client);

    /// <summary>Returns <see cref="HandshakeDone"/> or <see cref="HandshakeFailed"/>; never throws.</summary>
    public async Task<object> RunAsync(SslStream stream)
    {
        // Read once, because a renewal may replace the certificate at any time.
        var own = _identity.Shown;
        try
        {
            await (_client is null
                ? stream.AuthenticateAsServerAsync(TlsOptions.Server(own.ServerContext, Check))
                : stream.AuthenticateAsClientAsync(TlsOptions.Client(_client, own.ClientContext, Check))).ConfigureAwait(false);
            if (!TlsOptions.IsAccepted(stream.NegotiatedCipherSuite))
                return new HandshakeFailed(TlsFailure.Failed, $"uses a cipher that is not accepted: {stream.NegotiatedCipherSuite}");
            var certificate = (X509Certificate2?)stream.RemoteCertificate;
            // Checked again, because resuming a session may skip the callback.
            if (Refuse(certificate, errors: null) is { } refusal)
                return refusal;
            return new HandshakeDone(certificate is null ? null : CertificateKey.IdOf(certificate), own.KeyId);
        }
        catch (Exception cause)
        {
            // Whatever the remote end sent, the handshake has failed.
            return _refusal ?? new HandshakeFailed(TlsFailure.Failed, Explain(cause));
        }
    }

    private bool Check(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        var certificate = (X509Certificate2?)shown;
        // A server may present the certificates of its authority, so that one certificate serves both clients that pin the key and clients
        // that check the authority. Only the first certificate counts. A client has no reason to present others.
        _refusal = IsServer && certificate is not null && HasOthers(chain, certificate)
            ? new HandshakeFailed(TlsFailure.BadCertificate, "shows more than one certificate")
            : Refuse(certificate, errors);
        return _refusal is null;
    }

    // The errors are null when only the key is checked.
    private HandshakeFailed? Refuse(X509Certificate2? certificate, SslPolicyErrors? errors)
    {
        if (certificate is null)
            return IsServer ? null : new HandshakeFailed(TlsFailure.BadCertificate, "shows no certificate");
        if (!CertificateKey.IsAccepted(certificate))
            return new HandshakeFailed(TlsFailure.BadCertificate, "has a key that is neither P-256 nor RSA with 2048 to 4096 bits");
        if (_client?.Pin is { } pin && CertificateKey.IdOf(certificate) is var key && key != pin)
            return new HandshakeFailed(TlsFailure.KeyMismatch, $"answered with a different key: {key} instead of {pin}");
        return _client?.AuthorityName is { } name && errors is { } found ? RefuseAuthority(name, found) : null;
    }

    private static HandshakeFailed? RefuseAuthority(string name, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None ? null
        : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? new HandshakeFailed(TlsFailure.NameMismatch, $"has a certificate that is not for {name}")
        : new HandshakeFailed(
            TlsFailure.Untrusted, "has a certificate that has expired, or was not issued by an authority that this machine trusts");

    private static bool HasOthers(X509Chain? chain, X509Certificate2 certificate)
    {
        if (chain is null)
            return false;
        foreach (var other in chain.ChainPolicy.ExtraStore)
        {
            if (!other.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))
                return true;
        }

        return false;
    }

    private static string Explain(Exception cause) => cause switch
    {
        IOException { InnerException: null } => "closed the connection during the TLS handshake",
        { InnerException: { } inner } => $"failed in the TLS handshake: {inner.Message}",
        _ => $"failed in the TLS handshake: {cause.Message}",
    };
}
