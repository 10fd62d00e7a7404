using System.Security.Cryptography;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Material;

/// <summary>A content hash derived from a number.</summary>
internal readonly record struct TestHash(int Number)
{
    public ContentHash Value => new(SHA256.HashData(BitConverter.GetBytes(Number)));
}
