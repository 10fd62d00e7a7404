using System.Threading.Channels;
using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Live;
using TspActors.Peer.Reaching.Mapping;
using TspActors.Peer.Saving;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Terminal;

/// <summary>Delivers the peer's events to a user interface through a channel.</summary>
internal static class PeerEvents
{
    private const int MaxUnread = 1_000;

    private static readonly Type[] Types =
    [
        typeof(LinkStatus), typeof(RefusalNotice), typeof(TrustNotice), typeof(PortNotice), typeof(MappingChanged), typeof(ScanProgressed),
        typeof(ScanReport), typeof(LibraryNotice), typeof(LiveNotice),
        typeof(PlaybackNotice), typeof(SongHeard), typeof(TitleHeard),
        typeof(SongOver), typeof(SaveOver), typeof(EventMark),
    ];

    /// <summary>Subscribes to the events. If the reader is too slow, the oldest events are lost.</summary>
    public static ChannelReader<object> Subscribe(ActorSystem system) => Subscribe(
        system, Channel.CreateBounded<object>(new BoundedChannelOptions(MaxUnread) { FullMode = BoundedChannelFullMode.DropOldest }));

    /// <summary>
    /// Subscribes to the events. None is lost, however many are waiting to be read, so this is only for commands that cause a
    /// limited number of events.
    /// </summary>
    public static ChannelReader<object> SubscribeToAll(ActorSystem system) => Subscribe(system, Channel.CreateUnbounded<object>());

    private static ChannelReader<object> Subscribe(ActorSystem system, Channel<object> channel)
    {
        system.ActorOf(Props.Create(() => new ForwarderActor(channel.Writer)), "console");
        return channel.Reader;
    }

    private sealed class ForwarderActor(ChannelWriter<object> writer) : UntypedActor
    {
        protected override void PreStart()
        {
            foreach (var type in Types)
                Context.System.EventStream.Subscribe(Self, type);
        }

        protected override void OnReceive(object message) => writer.TryWrite(message);
    }
}
