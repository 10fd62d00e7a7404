using System.Security.Cryptography;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Transport.Tls;

namespace TspActors.Peer.Live.Feeds;

/// <summary>The identity of a live feed, the same at all its hosts: the source and the name (docs/protocol.md section 6).</summary>
/// <param name="Source">The source's peer id.</param>
/// <param name="Name">The feed's name.</param>
/// <param name="SourceKey">The source's public key (SubjectPublicKeyInfo), whose key id is <paramref name="Source"/>.</param>
internal sealed record FeedIdentity(PeerId Source, string Name, ByteString SourceKey)
{
    /// <summary>The content hash that the feed is shared under.</summary>
    public ContentHash Hash { get; } = LiveProof.HashOf(Source, Name);

    /// <summary>Returns the identity of a feed that this peer makes, and the key that signs its chunks.</summary>
    public static FeedIdentity Own(TlsIdentity identity, string name, out ECDsa key)
    {
        key = identity.OpenPrivateKey();
        return new FeedIdentity(identity.KeyId.ToPeerId(), name, UnsafeByteOperations.UnsafeWrap(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Returns the identity of a feed that another peer makes; <paramref name="live"/> must already have been checked.</summary>
    public static FeedIdentity Of(LiveStart live) => new(new PeerId(live.SourceId.Span), live.FeedName, live.SourceKey);
}
