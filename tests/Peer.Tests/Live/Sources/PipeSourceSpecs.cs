using System.IO.Pipes;
using System.Text;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Tests.Material;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Live.Sources;

/// <summary>Checks the source that reads a pipe. A probe acts as the feed.</summary>
public sealed class PipeSourceSpecs : PeerSpec
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestProbe _feed;
    private readonly AnonymousPipeServerStream _writer = new(PipeDirection.Out);
    private readonly IActorRef _source;

    public PipeSourceSpecs(ITestOutputHelper output)
        : base(output)
    {
        _feed = CreateTestProbe();
        var handle = _writer.GetClientHandleAsString();
        _source = _feed.ChildActorOf(
            PipeSourceActor.Props(() => new AnonymousPipeClientStream(PipeDirection.In, handle), "a pipe"));
        _feed.Watch(_source);
        Assert.Equal("a pipe", _feed.ExpectMsg<OpenSource>(Deadline).Description);
    }

    [Fact]
    public void Bytes_arrive_one_message_at_a_time()
    {
        _source.Tell(SourceAccepted.Instance);
        Write("1");
        Assert.Equal("1", ExpectText());

        Write("2");
        _feed.ExpectNoMsg(Soon);
        _source.Tell(SourceTaken.Instance);

        Assert.Equal("2", ExpectText());
    }

    [Fact]
    public void Nothing_is_read_before_the_feed_has_accepted()
    {
        Write("1");

        _feed.ExpectNoMsg(Soon);
    }

    [Fact]
    public async Task More_bytes_than_fit_into_the_buffer_arrive_in_several_messages()
    {
        _source.Tell(SourceAccepted.Instance);
        var bytes = new byte[SourceBytes.MaxBytes + 1];
        Random.Shared.NextBytes(bytes);
        var written = Task.Run(() => _writer.Write(bytes));
        var read = new List<byte>();
        while (read.Count < bytes.Length)
        {
            read.AddRange(_feed.ExpectMsg<SourceBytes>(Deadline).Bytes.Span);
            _source.Tell(SourceTaken.Instance);
        }

        await written.WaitAsync(Deadline);
        Assert.Equal(bytes, read);
    }

    [Fact]
    public void The_end_of_the_pipe_is_reported_after_the_last_bytes()
    {
        _source.Tell(SourceAccepted.Instance);
        Write("1");
        _writer.Dispose();

        Assert.Equal("1", ExpectText());
        _source.Tell(SourceTaken.Instance);
        Assert.Equal("a pipe has ended", _feed.ExpectMsg<SourceClosed>(Deadline).Reason);
        _feed.ExpectTerminated(_source, Deadline);
    }

    [Fact]
    public void A_source_that_is_refused_or_dropped_stops()
    {
        _source.Tell(new SourceRefused("no"));

        _feed.ExpectTerminated(_source, Deadline);
    }

    protected override void AfterAll()
    {
        _writer.Dispose();
        base.AfterAll();
    }

    private void Write(string text)
    {
        _writer.Write(Encoding.ASCII.GetBytes(text));
        _writer.Flush();
    }

    private string ExpectText() => Encoding.ASCII.GetString(_feed.ExpectMsg<SourceBytes>(Deadline).Bytes.Span);
}
