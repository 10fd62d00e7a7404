using Akka.Actor;
using Akka.Event;
using TspActors.Transport;

namespace TspActors.Peer.Live.Sources;

/// <summary>A source that reads MP3 from a stream, such as standard input. It is a child of the FeedActor.</summary>
/// <remarks>
/// <code>
/// Asking  SourceAccepted → Reading      SourceRefused → stopped
/// Reading bytes → Handing      the end → SourceClosed → stopped
/// Handing SourceTaken → Reading
/// any     DropSource → stopped
/// </code>
/// Standard input cannot be read asynchronously. A read that has begun blocks its thread until input arrives, even if this actor stops.
/// </remarks>
internal sealed class PipeSourceActor : UntypedActor
{
    private readonly Stream _stream;
    private readonly string _description;
    private readonly byte[] _buffer = new byte[SourceBytes.MaxBytes];

    public PipeSourceActor(Func<Stream> open, string description)
    {
        _stream = open();
        _description = description;
    }

    /// <summary>Returns the Props for a source that reads standard input.</summary>
    public static Props Props() => Props(Console.OpenStandardInput, "standard input");

    /// <param name="open">Opens the stream.</param>
    /// <param name="description">A human-readable description of the stream.</param>
    public static Props Props(Func<Stream> open, string description) =>
        Akka.Actor.Props.Create(() => new PipeSourceActor(open, description));

    protected override void PreStart() => Context.Parent.Tell(new OpenSource(Self, _description));

    protected override void PostStop() => _stream.Dispose();

    protected override void OnReceive(object message) => Asking(message);

    private void Asking(object message)
    {
        if (message is SourceAccepted)
            Read();
        else
            OnAnyMessage(message);
    }

    private void Reading(object message)
    {
        switch (message)
        {
            case BytesRead { Count: 0 } end:
                Context.Parent.Tell(
                    new SourceClosed(end.Failure is null ? $"{_description} has ended" : $"{_description} failed: {end.Failure}"));
                Context.Stop(Self);
                break;
            case BytesRead read:
                Become(Handing);
                Context.Parent.Tell(new SourceBytes(_buffer.AsMemory(0, read.Count)));
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Handing(object message)
    {
        if (message is SourceTaken)
            Read();
        else
            OnAnyMessage(message);
    }

    private void OnAnyMessage(object message)
    {
        if (message is SourceRefused or DropSource)
            Context.Stop(Self);
        else
            Unhandled(message);
    }

    private void Read()
    {
        Become(Reading);
        var (stream, buffer) = (_stream, _buffer);
        // The read runs on its own thread, because it blocks until input arrives.
        Task.Factory.StartNew(
                () => stream.Read(buffer), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .PipeTo(Self, success: count => new BytesRead(count, null), failure: error => new BytesRead(0, error.Message));
    }

    private sealed record BytesRead(int Count, string? Failure) : ILocalMessage, IDeadLetterSuppression;
}
