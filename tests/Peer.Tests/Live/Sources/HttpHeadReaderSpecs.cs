using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using TspActors.Peer.Live.Sources;

namespace TspActors.Peer.Tests.Live.Sources;

/// <summary>Checks that the heads and bodies of requests are read correctly, however they are split.</summary>
public sealed class HttpHeadReaderSpecs
{
    private const string Put =
        "PUT /live.mp3 HTTP/1.1\r\nAuthorization: Basic c291cmNlOmh1c2g=\r\nExpect: 100-continue\r\nIce-Name: A\r\n\r\n";

    [Fact]
    public void A_head_from_ffmpeg_is_parsed()
    {
        var head = Read(Put)!;

        Assert.Equal(("PUT", "/live.mp3", true, true), (head.Method, head.Path, head.ExpectsContinue, head.WantsMore));
        Assert.Equal("A", head.Header("ice-name"));
        Assert.Null(head.Length);
        Assert.False(head.HasNoBody);
    }

    [Fact]
    public void The_first_request_of_libshout_has_no_body_and_wants_another() =>
        Assert.True(Read("SOURCE /m HTTP/1.0\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n") is { HasNoBody: true, WantsMore: true });

    [Fact]
    public void Lines_may_end_without_a_carriage_return() =>
        Assert.Equal("b", Read("SOURCE /m ICE/1.0\nA: b\n\n")!.Header("a"));

    [Fact]
    public void A_title_with_spaces_does_not_break_the_first_line() =>
        Assert.Equal("/admin/metadata?song=A B", Read("GET /admin/metadata?song=A B HTTP/1.0\r\n\r\n")!.Target);

    [Theory]
    [InlineData("PUT /live HTTP/2.0\r\n\r\n")]
    [InlineData("PUT\r\n\r\n")]
    [InlineData("PUT  HTTP/1.1\r\n\r\n")]
    [InlineData("P/T /live HTTP/1.1\r\n\r\n")]
    [InlineData("PUT /live HTTP/1.1\r\nno header\r\n\r\n")]
    [InlineData("PUT /live HTTP/1.1\r\nA: b\r\n folded\r\n\r\n")]
    [InlineData("PUT /live HTTP/1.1\r\nA: b\0\r\n\r\n")]
    [InlineData("PUT /live HTTP/1.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("PUT /live HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n")]
    [InlineData("PUT /live HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n")]
    [InlineData("PUT /live HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("PUT /live HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    public void An_invalid_head_is_a_fault(string text) => Assert.Null(Read(text, isFault: true));

    [Fact]
    public void The_size_of_a_head_is_limited()
    {
        Assert.Null(Read($"PUT /live HTTP/1.1\r\nA: {new string('b', HttpHeadReader.MaxBytes)}", isFault: true));
        Assert.Null(Read($"PUT /live HTTP/1.1\r\n{Headers(HttpHeadReader.MaxHeaders + 1)}\r\n", isFault: true));
        Assert.NotNull(Read($"PUT /live HTTP/1.1\r\n{Headers(HttpHeadReader.MaxHeaders)}\r\n"));

        static string Headers(int count) => string.Concat(Enumerable.Range(0, count).Select(number => $"A{number}: b\r\n"));
    }

    [Property]
    public Property However_a_request_is_split_the_head_and_the_bytes_after_it_are_the_same() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyArray<PositiveInt>>(), sizes =>
        {
            var bytes = Encoding.Latin1.GetBytes($"{Put}sound");
            var reader = new HttpHeadReader();
            HttpHead? head = null;
            var rest = new List<byte>();
            foreach (var piece in Cut(bytes, sizes.Get))
            {
                var input = piece;
                head ??= reader.Read(ref input);
                rest.AddRange(input.ToArray());
            }

            return head?.Path == "/live.mp3" && head.Headers.Count == 3 && Encoding.Latin1.GetString([.. rest]) == "sound";
        });

    [Property]
    public Property However_chunks_are_split_their_content_is_the_same() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyArray<PositiveInt>>(), sizes =>
        {
            var body = HttpBodyReader.For(Read("PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")!);
            var content = new List<byte>();
            foreach (var piece in Cut("5\r\nhello\r\n1;x=y\r\n \r\n0A\r\n0123456789\r\n0\r\nTrailer: a\r\n\r\nmore"u8.ToArray(), sizes.Get))
            {
                var bytes = piece.ToArray();
                content.AddRange(bytes[..body.Read(bytes)]);
            }

            return body is { IsEnded: true, Fault: null } && Encoding.ASCII.GetString([.. content]) == "hello 0123456789";
        });

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("123456789\r\n")]
    [InlineData("1\r\nab\r\n")]
    public void Invalid_chunks_are_a_fault(string text)
    {
        var body = HttpBodyReader.For(Read("PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")!);

        body.Read(Encoding.ASCII.GetBytes(text));

        Assert.NotNull(body.Fault);
    }

    [Property]
    public Property No_bytes_break_the_readers() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
    {
        ReadOnlyMemory<byte> input = bytes;
        _ = new HttpHeadReader().Read(ref input);
        ReadOnlyMemory<byte> line = (byte[])[.. "PUT /a HTTP/1.1\r\n"u8, .. bytes, .. "\r\n\r\n"u8];
        _ = new HttpHeadReader().Read(ref line);
        return HttpBodyReader.For(Read("PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")!).Read(bytes) <= bytes.Length;
    });

    [Theory]
    [InlineData("song=Artist%20-%20Title", "Artist - Title")]
    [InlineData("song=Bj%C3%B6rk+x", "Björk x")]
    [InlineData("song=Bj%F6rk", "Björk")]
    [InlineData("song=Bj\u00f6rk", "Björk")]
    [InlineData("song=%C3%B6&charset=ISO-8859-1", "Ã¶")]
    [InlineData("artist=A&title=B", "A - B")]
    [InlineData("title=B", "B")]
    [InlineData("song=", "")]
    [InlineData("song=100%", "100%")]
    [InlineData("url=x", null)]
    public void Titles_are_decoded_with_their_charset(string query, string? title) => Assert.Equal(title, new SourceQuery(query).Title);

    private static HttpHead? Read(string text, bool isFault = false)
    {
        var reader = new HttpHeadReader();
        ReadOnlyMemory<byte> input = Encoding.Latin1.GetBytes(text);
        var head = reader.Read(ref input);
        Assert.Equal(isFault, reader.Fault is not null);
        return head;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Cut(byte[] bytes, PositiveInt[] sizes)
    {
        for (var (at, piece) = (0, 0); at < bytes.Length; piece++)
        {
            var length = Math.Min(sizes[piece % sizes.Length].Get, bytes.Length - at);
            yield return bytes.AsMemory(at, length);
            at += length;
        }
    }
}
