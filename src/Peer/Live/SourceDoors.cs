using System.Net;
using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Live.Sources;
using TspActors.Transport;

namespace TspActors.Peer.Live;

/// <summary>
/// The ports to which programs connect as sources of live feeds: one IcecastDoorActor for each port, for as long as a feed needs it.
/// </summary>
/// <remarks>It belongs to the LiveFeedsActor, which is the parent of the doors.</remarks>
/// <param name="address">The address to which the ports are bound.</param>
/// <param name="password">Returns the password for feeds without a password of their own, and whether it has just been generated.</param>
internal sealed class SourceDoors(string address, Func<(string Password, bool IsNew)> password)
{
    private readonly Dictionary<int, Door> _doors = [];
    private (string Password, bool IsNew) _password;

    /// <summary>Returns the reason why a feed's source cannot connect; null if it can.</summary>
    public string? Refusal(FeedSettings feed)
    {
        if (feed.Source is not FeedSource.Icecast at)
            return null;
        if (_doors.TryGetValue(at.Port, out var door) && door.Mounts.Contains(at.Mount))
            return $"another feed already uses the mount point {at.Mount} on port {at.Port}";
        try
        {
            _password = feed.Password.Length > 0 ? (feed.Password, false) : password();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"the password for its sources can be neither read nor stored ({error.Message}); set one with tsp.peer.live.password";
        }
    }

    /// <summary>
    /// Starts accepting sources for a feed that <see cref="Refusal"/> has just approved. Does nothing for a feed whose source runs inside
    /// this peer.
    /// </summary>
    public void Add(FeedSettings feed, IActorRef actor, IActorContext context)
    {
        if (feed.Source is not FeedSource.Icecast at)
            return;
        if (!_doors.TryGetValue(at.Port, out var door))
        {
            var bind = new IPEndPoint(address == ListenAddress.All ? ListenAddress.Everywhere : IPAddress.Parse(address), at.Port);
            door = new Door(context.ActorOf(IcecastDoorActor.Props(bind)));
            _doors.Add(at.Port, door);
        }

        door.Mounts.Add(at.Mount);
        var (shared, isNew) = _password;
        door.Actor.Tell(new AddMount(at.Mount, shared, feed.Name, actor));
        var where = HostPort.Format(address == ListenAddress.All ? "0.0.0.0" : address, (uint)at.Port);
        var how = isNew ? $"password {shared} (it will not be shown again)" : "the existing password";
        context.System.EventStream.Publish(
            new LiveNotice($"sources for {feed.Name} connect to {where}{at.Mount} with user 'source' and {how}"));
    }

    /// <summary>Stops accepting sources for a feed.</summary>
    public void Remove(FeedSettings feed, IActorContext context)
    {
        if (feed.Source is not FeedSource.Icecast at || !_doors.TryGetValue(at.Port, out var door))
            return;
        door.Actor.Tell(new RemoveMount(at.Mount));
        door.Mounts.Remove(at.Mount);
        if (door.Mounts.Count > 0)
            return;
        _doors.Remove(at.Port);
        context.Stop(door.Actor);
    }

    /// <summary>Handles a message from a door.</summary>
    /// <returns>False if the message is not from a door.</returns>
    public bool Handle(object message, IActorRef sender, IActorContext context)
    {
        var port = _doors.FirstOrDefault(door => door.Value.Actor.Equals(sender)).Key;
        if (message is DoorFailed failed && port > 0)
            context.Self.Tell(new Failed(port, failed.Reason));
        return message is DoorOpened or DoorFailed;
    }

    /// <summary>To the LiveFeedsActor: a port could not be opened or has closed, so its feeds have no source.</summary>
    internal sealed record Failed(int Port, string Reason) : ILocalMessage;

    private sealed class Door(IActorRef actor)
    {
        public IActorRef Actor => actor;

        public HashSet<string> Mounts { get; } = [];
    }
}

/// <summary>On the event stream: a notice for the user about one of this peer's live feeds.</summary>
internal sealed record LiveNotice(string Text) : ILocalMessage;
