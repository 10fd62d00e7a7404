using System.Net;
using Akka.Actor;

namespace TspActors.Transport;

/// <summary>Thrown when a port could not be opened. The message says which port and why.</summary>
public sealed class ListenException(string message) : Exception(message);

/// <summary>Starts a <see cref="TspServerActor"/> and waits until it is listening.</summary>
public static class ServerStart
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Starts the server and waits until its port is open.</summary>
    /// <param name="system">The actor system; the server becomes a top-level actor.</param>
    /// <param name="endpoint">The endpoint to bind to; port 0 = any free port.</param>
    /// <param name="settings">The limits and deadlines of the connections.</param>
    /// <param name="session">Creates the Props of a connection's session.</param>
    /// <param name="name">The actor's name.</param>
    /// <param name="counts">The counters to update; null = none.</param>
    /// <exception cref="ListenException">The port could not be opened.</exception>
    public static async Task<(IPEndPoint Address, IActorRef Server)> ListenAsync(
        this ActorSystem system, IPEndPoint endpoint, TransportSettings settings, Func<Props> session, string name,
        ServerCounts? counts = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        var outcome = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        var owner = system.ActorOf(Props.Create(() => new StartActor(outcome)));
        var server = system.ActorOf(TspServerActor.Props(endpoint, settings, session, owner, counts), name);
        return await outcome.Task.WaitAsync(Deadline).ConfigureAwait(false) switch
        {
            Listening listening => (listening.Address, server),
            ListenFailed failed => throw new ListenException(failed.Reason),
            var other => throw new InvalidOperationException($"Unexpected reply from the server: {other}."),
        };
    }

    // The server's owner until the server reports whether it could start.
    private sealed class StartActor(TaskCompletionSource<object> outcome) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            outcome.TrySetResult(message);
            Context.Stop(Self);
        }
    }
}
