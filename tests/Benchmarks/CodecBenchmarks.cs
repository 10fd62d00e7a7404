using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Benchmarks;

/// <summary>Measures the cost of encoding and decoding a frame, with and without its protobuf body.</summary>
public class CodecBenchmarks
{
    private const int PageSize = 200;
    private const int DataSize = 64 * 1024;

    // The size of the reads in which a large frame arrives.
    private const int ReadSize = 16 * 1024;

    private readonly byte[] _bare = FrameEncoder.Encode(Operation.List);
    private readonly ListRequest _request = new() { Query = "miles davis", Limit = PageSize };
    private readonly byte[] _requestFrame;
    private readonly SongPage _page = MakePage();
    private readonly byte[] _pageFrame;
    private readonly byte[] _data = FrameEncoder.Encode(Operation.Data, 7, new byte[DataSize]);
    private readonly byte[] _dataHeader = new byte[FrameHeader.SizeWithLength];
    private readonly FrameDecoder _decoder = new();

    private readonly int _songId = 7;

    public CodecBenchmarks()
    {
        _requestFrame = FrameEncoder.Encode(Operation.List, 0, _request);
        _pageFrame = FrameEncoder.Encode(Operation.List, 0, _page);
    }

    [Benchmark(Description = "encode LIST")]
    public byte[] EncodeBare() => FrameEncoder.Encode(Operation.List, _songId);

    [Benchmark(Description = "encode LIST+ request")]
    public byte[] EncodeRequest() => FrameEncoder.Encode(Operation.List, 0, _request);

    [Benchmark(Description = "encode LIST+ page of 200 songs")]
    public byte[] EncodePage() => FrameEncoder.Encode(Operation.List, 0, _page);

    [Benchmark(Description = "encode header of DATA+ 64 KiB")]
    public void EncodeDataHeader() => FrameEncoder.WriteDataHeader(_dataHeader, _songId, DataSize);

    [Benchmark(Description = "decode LIST")]
    public int DecodeBare() => Decode(_bare, _bare.Length);

    [Benchmark(Description = "decode LIST, torn in two")]
    public int DecodeBareTorn() => Decode(_bare, 3);

    [Benchmark(Description = "decode LIST+ request, parsed")]
    public ListRequest DecodeRequest() => Parse<ListRequest>(_requestFrame);

    [Benchmark(Description = "decode LIST+ page of 200 songs, frame only")]
    public int DecodePage() => Decode(_pageFrame, _pageFrame.Length);

    [Benchmark(Description = "decode LIST+ page of 200 songs, frame only, torn into reads of 16 KiB")]
    public int DecodePageTorn() => Decode(_pageFrame, ReadSize);

    [Benchmark(Description = "decode LIST+ page of 200 songs, parsed")]
    public SongPage ParsePage() => Parse<SongPage>(_pageFrame);

    [Benchmark(Description = "decode DATA+ 64 KiB")]
    public int DecodeData() => Decode(_data, _data.Length);

    [Benchmark(Description = "decode DATA+ 64 KiB, torn into reads of 16 KiB")]
    public int DecodeDataTorn() => Decode(_data, ReadSize);

    private int Decode(ReadOnlyMemory<byte> bytes, int pieceSize)
    {
        var length = 0;
        for (var offset = 0; offset < bytes.Length; offset += pieceSize)
        {
            _decoder.Feed(bytes.Slice(offset, Math.Min(pieceSize, bytes.Length - offset)));
            while (_decoder.TryRead(out var frame) == FrameReadResult.Frame)
                length += frame.Body.Length;
        }

        return length;
    }

    private T Parse<T>(ReadOnlyMemory<byte> bytes)
        where T : class, IMessage<T>, new()
    {
        _decoder.Feed(bytes);
        _decoder.TryRead(out var frame);
        var parsed = Bodies.TryParse<T>(frame, out var body, out var violation)
            ? body
            : throw new InvalidOperationException(violation.Message);
        _decoder.TryRead(out _);
        return parsed;
    }

    // Creates songs as a tracker sends them in reply to LIST: id, content hash, tags, duration and two hosts each.
    private static SongPage MakePage()
    {
        var random = new Random(1);
        var page = new SongPage { NextCursor = PageSize, CatalogVersion = 12_345, Total = 100_000 };
        for (var id = 1; id <= PageSize; id++)
        {
            var song = new Song
            {
                Id = id,
                ContentHash = Bytes(random, ContentHash.Size),
                Tags = new SongTags { Title = $"The title of song {id}", Artist = $"Artist {id % 20}", Album = $"An album {id % 30}" },
                Format = new AudioFormat { DurationMs = 215_000 },
            };
            for (var host = 0; host < 2; host++)
                song.Hosts.Add(new Host { PeerId = Bytes(random, PeerId.Size), Name = $"peer-{host}", Address = "192.0.2.17", Port = 7071, Reachable = true });
            page.Songs.Add(song);
        }

        return page;
    }

    private static ByteString Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
