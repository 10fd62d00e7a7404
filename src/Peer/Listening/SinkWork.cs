using Akka.Actor;
using TspActors.Peer.Reaching;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>Runs the steps that <see cref="FetchProgress"/> chooses. Each result becomes a message to the SongFetchActor.</summary>
/// <param name="progress">Chooses the next step.</param>
/// <param name="fetch">The SongFetchActor.</param>
internal sealed class SinkWork(FetchProgress progress, IActorRef fetch)
{
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>Starts the next step, if there is one.</summary>
    /// <param name="song">The song; known once bytes have arrived.</param>
    /// <returns>True if the receiver should continue reading.</returns>
    public bool Advance(Song? song)
    {
        var step = progress.NextStep();
        if (step.Kind is SinkStepKind.Write && song is not null)
            progress.Sink.Announce(song);
        if (step.Kind is SinkStepKind.Write)
            Run(ThenAsync(progress.Sink.WriteAsync(step.Piece, _stopped.Token), new PieceWritten(progress.Epoch)));
        else if (step.Kind is SinkStepKind.Complete)
            Run(ThenAsync(progress.Sink.CompleteAsync(song!, _stopped.Token), new SinkCompleted(progress.Epoch)));
        return step.Kind is SinkStepKind.ReadOn;
    }

    /// <summary>Starts verifying the bytes of an earlier attempt. The sink is busy until <see cref="EarlierAttemptChecked"/>.</summary>
    public void KeepProven(IResumableSink sink, StreamStarted started)
    {
        progress.BeginWork();
        Run(KeepAsync(progress.Epoch));

        async Task<object> KeepAsync(Epoch epoch) => new EarlierAttemptChecked(
            await sink.KeepProvenAsync(started.Tree!, _stopped.Token).ConfigureAwait(false), started.Order.Offset, started.Order.Route,
            epoch);
    }

    /// <summary>Cancels the current work.</summary>
    public void Stop() => _stopped.Cancel();

    private static async Task<object> ThenAsync(ValueTask work, object whenDone)
    {
        await work.ConfigureAwait(false);
        return whenDone;
    }

    private void Run(Task<object> work)
    {
        var epoch = progress.Epoch;
        ExplainAsync(work, epoch).PipeTo(fetch, failure: error => new SinkFailed(error.GetBaseException().Message, epoch));
    }

    private static async Task<object> ExplainAsync(Task<object> work, Epoch epoch)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Either this fetch was stopped, or another sink now writes to the player and a seek or StopFetch will follow.
            return new SinkReplaced(epoch);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new SinkFailed(error.Message, epoch);
        }
    }
}

/// <summary>The sink has written a piece.</summary>
internal sealed record PieceWritten(Epoch Epoch) : IEpochMessage, ILocalMessage;

/// <summary>The sink has the complete song.</summary>
internal sealed record SinkCompleted(Epoch Epoch) : IEpochMessage, ILocalMessage;

/// <summary>The sink cannot continue. The reason is human-readable.</summary>
internal sealed record SinkFailed(string Reason, Epoch Epoch) : IEpochMessage, ILocalMessage;

/// <summary>The sink was replaced or cancelled during its work.</summary>
internal sealed record SinkReplaced(Epoch Epoch) : IEpochMessage, ILocalMessage;

/// <summary>The bytes of an earlier attempt have been checked.</summary>
/// <param name="Kept">The bytes that were kept.</param>
/// <param name="AskedFrom">The offset that was requested from the host before the result was known.</param>
/// <param name="Route">The host, and the way to it.</param>
/// <param name="Epoch">The epoch in which the check began.</param>
internal sealed record EarlierAttemptChecked(
    KeptBytes Kept, long AskedFrom, HostRoute Route, Epoch Epoch) : IEpochMessage, ILocalMessage;
