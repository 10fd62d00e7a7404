using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>Does what a <see cref="FetchProgress"/> wants of its sink. Each end becomes a message to the SongFetchActor.</summary>
/// <param name="progress">Says what is next.</param>
/// <param name="fetch">The SongFetchActor.</param>
internal sealed class SinkWork(FetchProgress progress, IActorRef fetch)
{
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>Starts the next step, if there is one.</summary>
    /// <param name="song">The song, for its completion.</param>
    /// <returns>True when that step is to let the receiver read on.</returns>
    public bool Advance(Song? song)
    {
        var step = progress.NextStep();
        if (step.Kind is SinkStepKind.Write)
            Run(ThenAsync(progress.Sink.WriteAsync(step.Piece, _stopped.Token), new PieceWritten(progress.Epoch)));
        else if (step.Kind is SinkStepKind.Complete)
            Run(ThenAsync(progress.Sink.CompleteAsync(song!, _stopped.Token), new SinkCompleted(progress.Epoch)));
        return step.Kind is SinkStepKind.ReadOn;
    }

    /// <summary>Keeps what an earlier try left, as far as the pieces of a stream prove it. The sink is busy until then.</summary>
    public void KeepProven(IResumableSink sink, StreamStarted started)
    {
        progress.BeginWork();
        Run(KeepAsync(progress.Epoch));

        async Task<object> KeepAsync(Epoch epoch) => new EarlierTryChecked(
            await sink.KeepProvenAsync(started.Tree, _stopped.Token).ConfigureAwait(false), started.Order.Offset, started.Order.Host,
            epoch);
    }

    /// <summary>Cancels what is under way.</summary>
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
            // Another sink writes there now: a seek is about to come, or the end.
            return new SinkReplaced(epoch);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new SinkFailed(error.Message, epoch);
        }
    }
}

/// <summary>A piece is in the sink.</summary>
internal sealed record PieceWritten(Epoch Epoch) : IEpochMessage, ILocalMessage;

/// <summary>The sink has everything.</summary>
internal sealed record SinkCompleted(Epoch Epoch) : IEpochMessage, ILocalMessage;

/// <summary>The sink cannot go on; the reason is for people.</summary>
internal sealed record SinkFailed(string Reason, Epoch Epoch) : IEpochMessage, ILocalMessage;

/// <summary>The sink was left in the middle of its work.</summary>
internal sealed record SinkReplaced(Epoch Epoch) : IEpochMessage, ILocalMessage;

/// <summary>What an earlier try left was compared with the song.</summary>
/// <param name="Kept">What is kept.</param>
/// <param name="AskedFrom">The offset that the host was asked for.</param>
/// <param name="Host">The host.</param>
/// <param name="Epoch">When that began.</param>
internal sealed record EarlierTryChecked(
    KeptBytes Kept, long AskedFrom, Host Host, Epoch Epoch) : IEpochMessage, ILocalMessage;
