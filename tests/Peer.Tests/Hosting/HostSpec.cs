using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Google.Protobuf;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Covers;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Sessions;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Base class for tests of a host on loopback, with songs on disk and raw sockets as requesters.</summary>
public abstract class HostSpec : PeerSpec
{
    private readonly Dictionary<ContentHash, byte[]> _leaves = [];

    protected HostSpec(ITestOutputHelper output)
        : base(output) => (Library, Covers) = (CreateTestProbe(), new SharedCovers(Songs, 16 << 20));

    private protected static readonly HostingSettings Quick = new() { ChunkBytes = 16 * 1024, DrainTimeout = Never };

    private protected OwnSongsCell Songs { get; } = new();

    /// <summary>The covers of the songs. Set it before the host is started.</summary>
    private protected SharedCovers Covers { get; set; }

    /// <summary>Receives the host's messages to the library.</summary>
    private protected TestProbe Library { get; }

    private protected IActorRef Hosting { get; private set; } = ActorRefs.Nobody;

    private protected IActorRef Listener { get; private set; } = ActorRefs.Nobody;

    private protected IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    private protected async Task StartHostAsync(
        HostingSettings? settings = null, TransportSettings? transport = null, AccessKey? key = null, HostSecurity? security = null)
    {
        Hosting = Sys.ActorOf(HostingActor.Props(settings ?? Quick, song => _leaves.GetValueOrDefault(song.Hash), Library, covers: Covers));
        security ??= new HostSecurity(AccessCheck.For(key, TimeSpan.FromMinutes(1), "host"));
        (Address, Listener) = await Sys.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0), (transport ?? Patient) with { Bodies = HostBodies.All },
            () => HostSessionActor.Props(security, Songs, Hosting, covers: Covers), "tsp");
    }

    /// <summary>Writes a song to disk and shares it.</summary>
    private protected OwnSong Share(TestSong song, int id = 1)
    {
        var own = song.WriteTo(Folder.In($"{id}.mp3"), id);
        Share(own, song.Leaves);
        return own;
    }

    private protected void Share(OwnSong song, byte[] leaves)
    {
        _leaves[song.File.Hash] = leaves;
        Songs.Current = new OwnSongs(
            Songs.Current.ByHash.SetItem(song.File.Hash, song), Songs.Current.ById.SetItem(song.Id, song.File.Hash));
    }

    private protected Task<RawTspClient> ConnectAsync(int receiveBuffer = 0) => RawTspClient.Connect(Address, receiveBuffer);

    private protected static byte[] Play(
        int id, long offset = 0, Pace pace = Pace.Full, ContentHash? hash = null, bool pieces = false, PeerId? requester = null) =>
        FrameEncoder.Encode(Operation.Play, id, new PlayRequest
        {
            Offset = (ulong)offset,
            Pace = pace,
            ContentHash = hash is { } wanted ? ByteString.CopyFrom(wanted.ToArray()) : ByteString.Empty,
            WantPieceHashes = pieces,
            RequesterId = requester is { } peer ? ByteString.CopyFrom(peer.ToArray()) : ByteString.Empty,
        });

    private protected async Task<HostingStatus> StatusAsync() =>
        await Hosting.Ask<HostingStatus>(GetHostingStatus.Instance, TimeSpan.FromSeconds(30));

    /// <summary>Waits until all streams have ended and neither a stream actor nor an open file is left.</summary>
    private protected Task AssertIdleAsync() => AwaitAssertAsync(
        async () =>
        {
            Assert.Equal(0, (await StatusAsync()).Active);
            Assert.Empty(ChildrenOf(Hosting));
            Assert.Empty(OpenFiles());
        },
        TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));

    /// <summary>Returns the files in the test's folder that this process has open.</summary>
    private protected IReadOnlyList<string> OpenFiles()
    {
        var open = new List<string>();
        if (!OperatingSystem.IsLinux())
            return open;
        foreach (var descriptor in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            // A descriptor that was closed after it was listed has no target.
            if (new FileInfo(descriptor).LinkTarget is { } target && target.StartsWith(Folder.Path, StringComparison.Ordinal))
                open.Add(target);
        }

        return open;
    }
}
