using Akka.Actor;

namespace TspActors.Transport.Server;

/// <summary>The session of a refused connection: it sends the reason and closes the connection.</summary>
internal sealed class RefusingSessionActor(byte[] lastWords) : UntypedActor
{
    public static Props Props(byte[] lastWords) => Akka.Actor.Props.Create(() => new RefusingSessionActor(lastWords));

    protected override void OnReceive(object message)
    {
        if (message is ConnectionOpened opened)
            opened.Connection.Tell(new CloseConnection(lastWords));
    }
}
