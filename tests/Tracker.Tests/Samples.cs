using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests;

/// <summary>Songs, hosts and ids that tests tell apart by a small number.</summary>
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

    /// <summary>The whole of what a host shares, in one frame.</summary>
    public static Share Complete(params IEnumerable<SharedSong> songs) =>
        new() { Complete = true, Last = true, Added = { songs.Select(song => song.Clone()) } };

    /// <summary>A change of what a host shares.</summary>
    public static Share Change(IEnumerable<SharedSong> added, params IEnumerable<int> removed) =>
        new() { Last = true, Added = { added.Select(song => song.Clone()) }, Removed = { removed.Select(HashBytes) } };

    public static Share Load(int active, int max) =>
        new() { Last = true, Load = new HostLoad { ActiveStreams = (uint)active, MaxStreams = (uint)max } };

    public static SongRegistry Registry(int maxSongsPerPeer) =>
        new(new CatalogLimits { SongsPerPeer = maxSongsPerPeer }, new EncodedPages(1024 * 1024));

    /// <summary>A catalog with these songs, ids from 1, all hosted by peer 1.</summary>
    public static CatalogSnapshot Catalog(params IEnumerable<SharedSong> songs)
    {
        var registry = Registry(int.MaxValue);
        registry.Join(Host(1));
        registry.Apply(Peer(1), Complete(songs));
        return registry.Publish();
    }

    /// <summary>The wire form, built field by field, of a song that a page must hold.</summary>
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

    /// <summary>Reads a frame that must be whole and alone in <paramref name="bytes"/>.</summary>
    public static Frame Frame(ReadOnlyMemory<byte> bytes)
    {
        var decoder = new FrameDecoder();
        decoder.Feed(bytes);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
        Assert.True(decoder.IsAtFrameBoundary);
        return frame;
    }

    /// <summary>Reads the body of a frame, sizes checked as a client does.</summary>
    public static T Body<T>(in Frame frame)
        where T : class, IMessage<T>, new()
    {
        Assert.True(Bodies.TryParse<T>(frame, out var body, out var violation), violation?.Message);
        return body;
    }
}
