using Google.Protobuf;
using TspActors.Media.Hashing;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Material;

/// <summary>A song of reproducible random bytes, with its Merkle tree and its descriptions as a shared file and in a catalog.</summary>
internal sealed class TestSong
{
    private const int JunkBytes = 777;

    public TestSong(int payloadBytes, int seed = 1, int durationMs = 60_000, string title = "Paper Lanterns", byte[]? head = null)
    {
        Payload = new byte[payloadBytes];
        new Random(seed).NextBytes(Payload);
        head?.CopyTo(Payload, 0);
        var hasher = new MerkleHasher();
        hasher.Append(Payload);
        Leaves = hasher.Finish();
        Hash = MerkleTree.Root(Leaves);
        Tags = new SongTags { Title = title, Artist = "The Tests" };
        Format = new AudioFormat
        {
            DurationMs = (uint)durationMs,
            BitrateBps = durationMs == 0 ? 0 : (uint)(payloadBytes * 8000L / durationMs),
            SampleRateHz = 44_100,
            Channels = 2,
            PayloadBytes = (ulong)payloadBytes,
        };
    }

    public byte[] Payload { get; }

    public byte[] Leaves { get; }

    public ContentHash Hash { get; }

    public SongTags Tags { get; }

    public AudioFormat Format { get; }

    public int PieceBytes => (int)MerkleTree.PieceBytes(Payload.Length);

    public byte[] PieceHashes => MerkleTree.PieceLayer(Leaves);

    public PieceTree Tree =>
        PieceTree.TryCreate(Hash, Payload.Length, PieceBytes, PieceHashes, out var tree) ? tree : throw new InvalidOperationException();

    /// <summary>Returns the song as a tracker describes it.</summary>
    public Song ToSong(int id, params IEnumerable<Host> hosts) => new()
    {
        Id = id,
        ContentHash = ByteString.CopyFrom(Hash.ToArray()),
        Tags = Tags,
        Format = Format,
        Hosts = { hosts },
    };

    /// <summary>Writes the song to a file, with junk before and after it, and returns it as a scan would find it.</summary>
    public OwnSong WriteTo(string path, int id)
    {
        File.WriteAllBytes(path, [.. new byte[JunkBytes], .. Payload, .. new byte[JunkBytes]]);
        return new OwnSong(id, new SongFile(path, FileStat.Read(path)!.Value, JunkBytes, Payload.Length, Hash, Format, Tags));
    }
}
