using Akka.Event;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>Turns the end of a sink's work into a message to the SongFetchActor.</summary>
internal static class SinkWork
{
    /// <summary>Writes or completes.</summary>
    public static Task<object> RunAsync(ValueTask work, IEpochMessage whenDone)
    {
        return ResultAsync(AwaitAsync(), whenDone.Epoch);

        async Task<object> AwaitAsync()
        {
            await work.ConfigureAwait(false);
            return whenDone;
        }
    }

    /// <summary>Keeps what an earlier try left, as far as it is proven.</summary>
    public static Task<object> KeepProvenAsync(IResumableSink sink, StreamStarted started, Epoch epoch, CancellationToken cancellation)
    {
        return ResultAsync(KeepAsync(), epoch);

        async Task<object> KeepAsync() =>
            new EarlierTryChecked(await sink.KeepProvenAsync(started.Tree, cancellation).ConfigureAwait(false), started.Order.Offset, started.Order.Host, epoch);
    }

    private static async Task<object> ResultAsync(Task<object> work, Epoch epoch)
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
internal sealed record PieceWritten(Epoch Epoch) : IEpochMessage, ILocalMessage, IDeadLetterSuppression;

/// <summary>The sink has everything.</summary>
internal sealed record SinkCompleted(Epoch Epoch) : IEpochMessage, ILocalMessage, IDeadLetterSuppression;

/// <summary>The sink cannot go on; the reason is for people.</summary>
internal sealed record SinkFailed(string Reason, Epoch Epoch) : IEpochMessage, ILocalMessage, IDeadLetterSuppression;

/// <summary>The sink was left in the middle of its work.</summary>
internal sealed record SinkReplaced(Epoch Epoch) : IEpochMessage, ILocalMessage, IDeadLetterSuppression;

/// <summary>What an earlier try left was compared with the song.</summary>
/// <param name="Kept">What is kept.</param>
/// <param name="AskedFrom">The offset that the host was asked for.</param>
/// <param name="Host">The host.</param>
/// <param name="Epoch">When that began.</param>
internal sealed record EarlierTryChecked(KeptBytes Kept, long AskedFrom, Host Host, Epoch Epoch) : IEpochMessage, ILocalMessage, IDeadLetterSuppression;
