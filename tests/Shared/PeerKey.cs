using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Shared;

/// <summary>A key and its self-signed certificate, for one end of a TLS connection.</summary>
public sealed class PeerKey : IDisposable
{
    private readonly X509Certificate2 _certificate;

    public PeerKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        _certificate = new CertificateRequest("CN=tsp", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        Id = KeyId.FromPublicKey(_certificate.PublicKey.ExportSubjectPublicKeyInfo());
        Context = SslStreamCertificateContext.Create(_certificate, additionalCertificates: null, offline: true);
    }

    public KeyId Id { get; }

    /// <summary>The id of the peer that has this key.</summary>
    public PeerId Peer => Id.ToPeerId();

    public SslStreamCertificateContext Context { get; }

    /// <summary>Returns the hello of the peer that has this key.</summary>
    public Init Hello(uint port = 7071, byte[]? nonce = null) => HelloOf(Peer, port, nonce);

    /// <summary>Returns the hello of any peer.</summary>
    public static Init HelloOf(PeerId peer, uint port = 7071, byte[]? nonce = null) => new()
    {
        Hello = new Hello
        {
            ProtocolVersion = 1,
            PeerId = ByteString.CopyFrom(peer.ToArray()),
            Name = "keyed",
            ListenPort = port,
            Agent = "specs",
            Nonce = nonce is null ? ByteString.Empty : ByteString.CopyFrom(nonce),
        },
    };

    public void Dispose() => _certificate.Dispose();
}
