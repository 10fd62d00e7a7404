using System.Buffers;
using TspActors.Mpeg;

namespace TspActors.Peer.Live.Stations;

/// <summary>
/// Turns one song's payload into the frames that a station sends, so that songs joined end to end decode without a gap
/// (docs/station.md lists the exceptions).
/// </summary>
/// <remarks>
/// A Layer III frame overlaps with the one before it, and its audio passes through a filter. The first <see cref="SettlingSamples"/>
/// samples of a song are therefore mixed with the end of the previous song. They lie within the delay that encoders add before the audio.
/// </remarks>
internal sealed class SongFrames
{
    /// <summary>How many samples depend on the previous frame: one granule of overlap, and the delay of the filter.</summary>
    public const int SettlingSamples = 576 + 480;

    private readonly Mp3FrameSplitter _splitter = new();
    private readonly List<byte[]> _lead = [];
    private readonly Queue<byte[]> _held = new();
    private Mp3InfoFrame? _info;
    private long _skipped;
    private long _index = -1;
    private int _leadFrames;
    private int _heldFrames;
    private int _lent;

    /// <summary>
    /// Processes the next bytes of the payload, split at any point, and appends the complete frames to <paramref name="output"/>. Frames
    /// that are still held back at the end of the song are padding.
    /// </summary>
    public void Feed(ReadOnlySpan<byte> payload, IBufferWriter<byte> output)
    {
        _splitter.Feed(payload);
        while (_splitter.TryNext(out var header, out var frame))
        {
            if (_splitter.SkippedBytes != _skipped)
            {
                // The bytes that the frame borrows from earlier ones may be among those that were skipped.
                _skipped = _splitter.SkippedBytes;
                _lent = 0;
            }

            if (_index < 0 && _info is null && Mp3InfoFrame.TryRead(frame, out var info))
                Describe(info);
            else if (SideInformation.IsWhole(header))
                Add(header, frame, output);
        }
    }

    private void Describe(Mp3InfoFrame info)
    {
        _info = info;
        if (!info.HasGaps)
            return;
        var perFrame = info.Header.SamplesPerFrame;
        // A frame of delay can be left out if the next frame has settled before the audio begins.
        _leadFrames = Math.Max(0, (info.DelaySamples + Mp3InfoFrame.DecoderDelaySamples - SettlingSamples) / perFrame);
        _heldFrames = info.TrailingSamples / perFrame;
    }

    private void Add(Mp3FrameHeader header, ReadOnlySpan<byte> frame, IBufferWriter<byte> output)
    {
        _index++;
        var borrowed = SideInformation.BorrowedBytes(header, frame);
        // A frame that borrows nothing is a clean beginning, so the frames of delay in front of it can be left out.
        if (borrowed == 0 && _index <= _leadFrames)
            _lead.Clear();
        var copy = frame.ToArray();
        if (borrowed > _lent)
            SideInformation.Mute(header, copy);
        _lent = Math.Min(_lent + SideInformation.LentBytes(header), short.MaxValue);
        if (_index <= _leadFrames)
            _lead.Add(copy);
        else
            Hold(copy, output);
        if (_index != _leadFrames)
            return;
        foreach (var each in _lead)
            Hold(each, output);
        _lead.Clear();
    }

    private void Hold(byte[] frame, IBufferWriter<byte> output)
    {
        _held.Enqueue(frame);
        if (_held.Count > _heldFrames)
            output.Write(_held.Dequeue());
    }
}
