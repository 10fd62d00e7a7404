using System.Collections.Concurrent;
using Akka.Actor;
using TspActors.Mpeg;
using TspActors.Peer.Live.Sources;

namespace TspActors.Peer.Tests.Live.Sources;

/// <summary>A feed that accepts every source, counts the MP3 frames that arrive, and keeps the titles.</summary>
internal sealed class TakingFeed : ReceiveActor
{
    public TakingFeed(Received received)
    {
        var splitter = new Mp3FrameSplitter();
        Receive<OpenSource>(open =>
        {
            received.Descriptions.Enqueue(open.Description);
            Sender.Tell(SourceAccepted.Instance);
        });
        Receive<SourceBytes>(bytes =>
        {
            splitter.Feed(bytes.Bytes.Span);
            while (splitter.TryNext(out _, out _))
                received.Frames++;
            Sender.Tell(SourceTaken.Instance);
        });
        Receive<SourceTitle>(title => received.Titles.Enqueue(title.Title));
        Receive<SourceClosed>(closed => received.Ends.Enqueue(closed.Reason));
    }

    /// <summary>The descriptions, frames, titles and ends that have arrived.</summary>
    internal sealed class Received
    {
        private int _frames;

        public int Frames
        {
            get => Volatile.Read(ref _frames);
            set => Volatile.Write(ref _frames, value);
        }

        public ConcurrentQueue<string> Descriptions { get; } = [];

        public ConcurrentQueue<string> Titles { get; } = [];

        public ConcurrentQueue<string> Ends { get; } = [];
    }
}
