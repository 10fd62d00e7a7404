using System.Security.Cryptography.X509Certificates;
using TspActors.Protocol;

namespace TspActors.Transport.Tls;

/// <summary>How an outgoing connection speaks TLS: the identity that it presents, and how it checks the remote end's identity.</summary>
public sealed record TlsClient
{
    private TlsClient(TlsIdentity identity) => Identity = identity;

    /// <summary>The identity of this side.</summary>
    public TlsIdentity Identity { get; }

    /// <summary>The key that the remote end must have; null = no key is pinned.</summary>
    public KeyId? Pin { get; private init; }

    /// <summary>The name for which an authority must have issued the remote end's certificate; null = no authority is checked.</summary>
    public string? AuthorityName { get; private init; }

    /// <summary>The authorities to trust instead of the machine's.</summary>
    internal X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Accepts only a remote end that has this key. Names, dates and authorities do not matter.</summary>
    public static TlsClient Pinned(TlsIdentity identity, KeyId key) => new(identity) { Pin = key };

    /// <summary>Accepts only a certificate for this name from an authority that the machine trusts.</summary>
    public static TlsClient Authority(TlsIdentity identity, string name) => new(identity) { AuthorityName = name };

    /// <summary>Accepts every key; <see cref="ConnectionOpened.RemoteKey"/> says which key the remote end has.</summary>
    public static TlsClient AnyKey(TlsIdentity identity) => new(identity);
}
