using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TspActors.Protocol;
using TspActors.Transport.AkkaInternals;
using ByteString = Akka.IO.ByteString;

namespace TspActors.Transport.Connections;

/// <summary>A decoder for one connection: turns the bytes of each read into the frames that they complete.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "ByteStringArray is a stream in form only; it holds nothing open.")]
internal sealed class FrameReader(BodyRules rules)
{
    private readonly FrameDecoder _decoder = new(rules);
    private readonly ByteStringArray _received = new();
    private readonly ImmutableArray<Frame>.Builder _frames = ImmutableArray.CreateBuilder<Frame>();

    /// <summary>Whether the input so far ends between two frames.</summary>
    public bool IsAtFrameBoundary => _decoder.IsAtFrameBoundary;

    /// <summary>
    /// How the remote end broke the protocol, or null. After a violation there are no more frames, unless <see cref="Use"/> lifts it.
    /// </summary>
    public ProtocolViolation? Violation => _decoder.Violation;

    /// <summary>The full length of the incomplete body that is being gathered; 0 if there is none.</summary>
    public int GatheredLength => _decoder.GatheredLength;

    /// <summary>How many bytes of that body have not arrived yet.</summary>
    public int MissingLength => _decoder.MissingLength;

    /// <summary>
    /// True if bytes that have already arrived are still unread, because <see cref="Feed"/> has supplied them or the reader stopped at a
    /// refused frame. If <see cref="Use"/> then allows that frame, <see cref="ReadOn"/> returns it as soon as it is complete.
    /// </summary>
    public bool HasInput => _decoder.HasInput;

    /// <summary>True if a frame has begun (<see cref="FrameDecoder.HasFrameBegun"/>).</summary>
    public bool HasFrameBegun => _decoder.HasFrameBegun;

    /// <summary>Removes and returns the bytes after the last frame.</summary>
    public ReadOnlyMemory<byte> TakeRest() => _decoder.TakeRest();

    /// <summary>Returns the bytes of a read unchanged, because they are not frames.</summary>
    public ReadOnlyMemory<byte> Extract(ByteString data) => _received.Extract(data);

    /// <summary>Gives up an incomplete body. Nothing can be read any more.</summary>
    public void Release() => _decoder.Release();

    /// <summary>Changes which bodies are accepted, starting with the next frame.</summary>
    public void Use(BodyRules rules) => _decoder.Use(rules);

    /// <summary>
    /// Returns, in order, the frames that <paramref name="data"/> completes and the slices of DATA that it contains; may be empty.
    /// </summary>
    public ImmutableArray<Frame> Read(ByteString data)
    {
        Feed(data);
        return ReadOn();
    }

    /// <summary>
    /// Returns the frames that <paramref name="data"/> completes. The bytes must be in a separate array that no longer changes.
    /// </summary>
    public ImmutableArray<Frame> Read(ReadOnlyMemory<byte> data)
    {
        _decoder.Feed(data);
        return ReadOn();
    }

    /// <summary>Supplies bytes for a later <see cref="ReadOn"/>.</summary>
    public void Feed(ByteString data) => _decoder.Feed(_received.Extract(data));

    /// <summary>
    /// Returns the frames in the bytes that have already been read, up to the first RELAY. Only the session knows whether the bytes after a
    /// RELAY are frames.
    /// </summary>
    public ImmutableArray<Frame> ReadOn()
    {
        while (_decoder.TryRead(out var frame) == FrameReadResult.Frame)
        {
            _frames.Add(frame);
            if (frame.Operation == Operation.Relay)
                break;
        }

        if (_frames.Count == 0)
            return [];
        var frames = _frames.ToImmutable();
        _frames.Clear();
        return frames;
    }
}
