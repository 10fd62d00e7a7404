using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Akka.Actor;
using Akka.Event;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using TspActors.Gateway.Library;
using TspActors.Gateway.Media;
using TspActors.Gateway.Security;
using TspActors.Protocol;

namespace TspActors.Gateway.Tests.Media;

/// <summary>A responder behind a real Kestrel server, with a fake peer.</summary>
internal sealed class MediaBench : IAsyncDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("media");
    private readonly string _folder = Directory.CreateTempSubdirectory("tsp-media").FullName;
    private readonly WebApplication _app;
    private readonly MediaResponder _responder;

    private MediaBench(FakePeerPlan plan, GatewayMediaSettings settings, long? size)
    {
        Plan = plan;
        Song = SongOf(size ?? plan.Song.Length);
        var peer = _system.ActorOf(Props.Create(() => new FakePeer(plan)));
        _responder = new MediaResponder(peer, settings, _folder, TimeProvider.System, Logging.GetLogger(_system, "test"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(context => _responder.RespondAsync(
            context, Song, new Caller("test", "test"),
            new MediaOptions(TimeOffset: TimeSpan.FromSeconds(int.TryParse(context.Request.Query["t"].ToString(), CultureInfo.InvariantCulture, out var t) ? t : 0)),
            fault => MediaAdmission.WriteFaultAsync(context, fault)));
    }

    public FakePeerPlan Plan { get; }

    public LibrarySong Song { get; }

    public HttpClient Client { get; private set; } = new();

    public static async Task<MediaBench> StartAsync(FakePeerPlan plan, GatewayMediaSettings? settings = null, long? size = null)
    {
        var bench = new MediaBench(plan, settings ?? new GatewayMediaSettings(), size);
        await bench._app.StartAsync();
        bench.Client.Dispose();
        bench.Client = new HttpClient { BaseAddress = new Uri(bench._app.Urls.Single()) };
        return bench;
    }

    /// <summary>Returns bytes that look random and are always the same.</summary>
    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Sends a request, and returns once the headers have arrived.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string? range = null, string path = "/", EntityTagHeaderValue? known = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (range is not null)
            request.Headers.TryAddWithoutValidation("Range", range);
        if (known is not null)
            request.Headers.IfNoneMatch.Add(known);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await _responder.DisposeAsync();
        await _system.Terminate();
        Directory.Delete(_folder, recursive: true);
    }

    private static LibrarySong SongOf(long size)
    {
        var hash = new ContentHash([.. Enumerable.Range(0, ContentHash.Size).Select(index => (byte)index)]);
        return new LibrarySong
        {
            Hash = hash,
            Id = LibraryIds.OfSong(hash),
            TrackerId = 7,
            Title = "Title",
            Artist = "Artist",
            ArtistId = "ar-1",
            Album = "Album",
            AlbumId = "al-1",
            AlbumArtist = "Artist",
            AlbumArtistId = "ar-1",
            Size = size,
            DurationMs = 10_000,
            Created = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
        };
    }
}
