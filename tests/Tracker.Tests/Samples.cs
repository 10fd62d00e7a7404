using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests;

/// <summary>Songs, hosts and ids for tests, each identified by a small number.</summary>
internal static class Samples
{
    public static ContentHash Hash(int n) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"song {n}")));

    public static ByteString HashBytes(int n) => ByteString.CopyFrom(Hash(n).ToArray());

    public static PeerId Peer(int n) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"peer {n}")).AsSpan(0, PeerId.Size));

    public static CatalogHost Host(int n, int port = 7071) => new(Peer(n), $"peer {n}", $"10.0.0.{n}", port);

    public static SharedSong Song(int n, string? title = null, string artist = "Anna", string album = "Blue", int lastId = 0, ByteString? receipt = null) => new()
    {
        ContentHash = HashBytes(n),
        Tags = new SongTags { Title = title ?? $"Song {n}", Artist = artist, Album = album, AlbumArtist = "Various", Track = (uint)n, Disc = 1, Year = 1999, Genre = "Jazz" },
        Format = new AudioFormat
        {
            DurationMs = 180_000,
            BitrateBps = 128_000,
            Vbr = true,
            SampleRateHz = 44_100,
            Channels = 2,
            PayloadBytes = 2_880_000
        },
        LastId = lastId,
        Receipt = receipt ?? ByteString.Empty,
    };

    public static SharedSong[] Songs(int count, int from = 1) => Enumerable.Range(from, count).Select(n => Song(n)).ToArray();

    /// <summary>Returns a complete share in one frame.</summary>
    public static Share Complete(params IEnumerable<SharedSong> songs) =>
        new() { Complete = true, Last = true, Added = { songs.Select(song => song.Clone()) } };

    /// <summary>Returns a share that adds and removes songs.</summary>
    public static Share Change(IEnumerable<SharedSong> added, params IEnumerable<int> removed) =>
        new() { Last = true, Added = { added.Select(song => song.Clone()) }, Removed = { removed.Select(HashBytes) } };

    public static Share Load(int active, int max) =>
        new() { Last = true, Load = new HostLoad { ActiveStreams = (uint)active, MaxStreams = (uint)max } };

    public static SongRegistry Registry(int maxSongsPerPeer) =>
        new(new CatalogLimits { SongsPerPeer = maxSongsPerPeer }, new EncodedPages(1024 * 1024));

    /// <summary>Returns a catalog with these songs, with ids from 1 and peer 1 as their host.</summary>
    public static CatalogSnapshot Catalog(params IEnumerable<SharedSong> songs)
    {
        var registry = Registry(int.MaxValue);
        registry.Join(Host(1));
        registry.Apply(Peer(1), Complete(songs));
        return registry.Publish();
    }

    /// <summary>Returns the song that a page must contain, built field by field.</summary>
    public static Song Expected(int id, SharedSong shared, params IEnumerable<CatalogHost> hosts) => new()
    {
        Id = id,
        ContentHash = shared.ContentHash,
        Tags = shared.Tags,
        Format = shared.Format,
        Live = shared.Live,
        Hosts =
        {
            hosts.Select(host => new Host
            {
                PeerId = ByteString.CopyFrom(host.Id.ToArray()),
                Name = host.Name,
                Address = host.Address,
                Port = (uint)host.Port,
            }),
        },
    };

    /// <summary>Decodes <paramref name="bytes"/>, which must be exactly one frame.</summary>
    public static Frame Frame(ReadOnlyMemory<byte> bytes)
    {
        var decoder = new FrameDecoder();
        decoder.Feed(bytes);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
        Assert.True(decoder.IsAtFrameBoundary);
        return frame;
    }

    /// <summary>Parses the body of a frame and validates it as a client does.</summary>
    public static T Body<T>(in Frame frame)
        where T : class, IMessage<T>, new()
    {
        Assert.True(Bodies.TryParse<T>(frame, out var body, out var violation), violation?.Message);
        return body;
    }
}
