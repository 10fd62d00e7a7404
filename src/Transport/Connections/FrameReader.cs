using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TspActors.Protocol;
using TspActors.Transport.AkkaInternals;
using ByteString = Akka.IO.ByteString;

namespace TspActors.Transport.Connections;

/// <summary>A decoder for one connection: turns the bytes of each read into the frames that they complete.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "ByteStringArray is a stream in form only; it holds nothing open.")]
internal sealed class FrameReader
{
    private readonly FrameDecoder _decoder = new();
    private readonly ByteStringArray _received = new();
    private readonly ImmutableArray<Frame>.Builder _frames = ImmutableArray.CreateBuilder<Frame>();

    /// <summary>Whether the input so far ends between two frames.</summary>
    public bool IsAtFrameBoundary => _decoder.IsAtFrameBoundary;

    /// <summary>How the remote end broke the protocol, or null. After a violation there are no more frames.</summary>
    public ProtocolViolation? Violation => _decoder.Violation;

    /// <summary>Returns the frames that <paramref name="data"/> completes and the slices of DATA in it, in order. May be empty.</summary>
    public ImmutableArray<Frame> Read(ByteString data)
    {
        _decoder.Feed(_received.Extract(data));
        while (_decoder.TryRead(out var frame) == FrameReadResult.Frame)
            _frames.Add(frame);
        if (_frames.Count == 0)
            return [];
        var frames = _frames.ToImmutable();
        _frames.Clear();
        return frames;
    }
}
