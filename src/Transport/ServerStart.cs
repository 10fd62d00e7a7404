using System.Net;
using Akka.Actor;

namespace TspActors.Transport;

/// <summary>The port could not be opened; the message says which, why, and what to do.</summary>
public sealed class ListenException(string message) : Exception(message);

/// <summary>Starts a <see cref="TspServerActor"/> and waits until it is bound.</summary>
public static class ServerStart
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Opens the port.</summary>
    /// <param name="system">Where the server lives, as a top-level actor.</param>
    /// <param name="endpoint">Where to listen; port 0 = any.</param>
    /// <param name="settings">Limits and deadlines of its connections.</param>
    /// <param name="session">Makes the Props of a connection's session.</param>
    /// <param name="name">The server's name.</param>
    /// <param name="counts">Is kept up to date; null = nobody looks.</param>
    /// <exception cref="ListenException">It could not be opened.</exception>
    public static async Task<(IPEndPoint Address, IActorRef Server)> ListenAsync(
        this ActorSystem system, IPEndPoint endpoint, TransportSettings settings, Func<Props> session, string name, ServerCounts? counts = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        var outcome = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        var owner = system.ActorOf(Props.Create(() => new Owner(outcome)));
        var server = system.ActorOf(TspServerActor.Props(endpoint, settings, session, owner, counts), name);
        return await outcome.Task.WaitAsync(Deadline).ConfigureAwait(false) switch
        {
            Listening listening => (listening.Address, server),
            ListenFailed failed => throw new ListenException(failed.Reason),
            var other => throw new InvalidOperationException($"A server does not say {other}."),
        };
    }

    private sealed class Owner : ReceiveActor
    {
        public Owner(TaskCompletionSource<object> outcome) => ReceiveAny(message =>
        {
            outcome.TrySetResult(message);
            Context.Stop(Self);
        });
    }
}
