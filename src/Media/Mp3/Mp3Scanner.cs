using System.Buffers;
using Microsoft.Win32.SafeHandles;
using TspActors.Media.Hashing;
using TspActors.Media.Library;
using TspActors.Mpeg;
using TspActors.Protocol;

namespace TspActors.Media.Mp3;

/// <summary>A scanner that reads a file once from front to back and finds, measures and hashes its audio payload.</summary>
/// <remarks>
/// The scanner moves from frame to frame. If no header follows a frame, it searches for the next frame that is valid according to
/// docs/protocol.md, section 2. Only the first frame can establish free format; its length then applies to the whole file. The scanner
/// needs memory for one window of 256 KiB, plus 32 bytes for each 16 KiB of payload.
/// </remarks>
internal sealed class Mp3Scanner : IDisposable
{
    // This many consecutive frames are no coincidence: in random bytes, the probability is 1 in 10^4 for one header, and 1 in 10^14
    // for three consecutive headers.
    private const int ConvincingRun = 3;

    // By chance, one file in 10^7 ends with this many frames exactly where the audio ends.
    private const int ConvincingLastRun = 2;

    // A payload that is half junk, and half frames at the highest free-format bitrate, has this average bitrate.
    private const int MostBitsPerSecond = 2 * 640_000;
    private const int LookAhead = Mp3FreeFormat.LookAheadBytes;

    private readonly SafeFileHandle _file;
    private readonly long _audioStart;
    private readonly long _junkLimit;
    private readonly CancellationToken _cancellation;
    private readonly ScanWindow _window;
    private readonly MerkleHasher _hasher = new();
    private readonly Mp3FrameTally _tally = new();
    private Mp3FrameHeader _stream;
    private long _start = -1;
    private long _complete;
    private long _hashed;
    private int _longestRun;
    private int _lastRun;
    private long _frameBytes;
    private int _promisedFrames;
    private bool _endsInFrame;

    private Mp3Scanner(SafeFileHandle file, TagRegions tags, MediaLimits limits, CancellationToken cancellation)
    {
        (_file, _audioStart, _junkLimit, _cancellation) = (file, tags.AudioStart, limits.LeadingJunkBytes, cancellation);
        _window = new ScanWindow(file, tags.AudioStart, tags.AudioEnd);
    }

    /// <summary>Returns the payload of <paramref name="file"/>, or null and the reason why there is none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Mp3Payload? Scan(
        SafeFileHandle file, TagRegions tags, MediaLimits limits, out PayloadFault reason, CancellationToken cancellation)
    {
        using var scanner = new Mp3Scanner(file, tags, limits, cancellation);
        scanner.Walk();
        return scanner.Result(out reason);
    }

    public void Dispose() => _window.Dispose();

    private void Walk()
    {
        var position = _audioStart;
        while (FindValidFrame(ref position, out var first))
        {
            if (_start < 0)
            {
                _start = _hashed = position;
                _stream = first;
            }

            var run = 0;
            var header = first;
            do
            {
                // The info frame belongs to the payload but contains no audio.
                if (position == _start && Mp3InfoFrame.TryRead(BytesAt(position, header.FrameBytes), out var info))
                    _promisedFrames = info.FrameCount;
                else
                    _tally.Add(header);
                _frameBytes += header.FrameBytes;
                _complete = position += header.FrameBytes;
                run++;
            }
            while (first.TryParseNext(BytesAt(position, Mp3FrameHeader.Size), out header)
                && position + header.FrameBytes <= _window.End);
            _endsInFrame = position + header.FrameBytes > _window.End && header.IsSameStream(first);
            _longestRun = Math.Max(_longestRun, run);
            _lastRun = run;
        }

        HashUpTo(_complete);
        if (_start >= 0 && _hashed < _complete)
            throw new EndOfStreamException("it became shorter while it was being read");
    }

    /// <summary>
    /// Searches from <paramref name="position"/> for a frame that is followed by another frame of the same stream, or that ends at the end
    /// of the audio.
    /// </summary>
    private bool FindValidFrame(ref long position, out Mp3FrameHeader header)
    {
        header = default;
        while (position + Mp3FrameHeader.Size <= _window.End && (_start >= 0 || position - _audioStart <= _junkLimit))
        {
            var bytes = BytesAt(position, LookAhead);
            // Positions that are too close to the end of the window are left for the next window, except at the end of the audio.
            var judged = position + bytes.Length >= _window.End ? bytes.Length : bytes.Length - LookAhead + 1;
            for (var at = 0; at < judged; at++)
            {
                var sync = bytes[at..judged].IndexOf((byte)0xFF);
                if (sync < 0)
                    break;
                at += sync;
                if (!IsValidFrame(bytes[at..], position + at, out header))
                    continue;
                position += at;
                return true;
            }

            position += judged;
        }

        return false;
    }

    private bool IsValidFrame(ReadOnlySpan<byte> bytes, long position, out Mp3FrameHeader header)
    {
        if (!Mp3FrameHeader.TryParse(bytes, out header))
        {
            if (_start < 0)
                return Mp3FreeFormat.Measure(bytes, out header) == FreeFormatMeasure.Found;
            if (!_stream.IsFreeFormat || !_stream.TryParseNext(bytes, out header))
                return false;
        }

        if (position + header.FrameBytes == _window.End)
            // A single frame after junk must match the stream. Otherwise one truncated file in ten thousand would end with a false frame.
            return _start < 0 || header.IsSameStream(_stream);
        return bytes.Length >= header.FrameBytes
            && header.TryParseNext(bytes[header.FrameBytes..], out _);
    }

    private ReadOnlySpan<byte> BytesAt(long position, int count)
    {
        if (!_window.Holds(position, count))
        {
            _cancellation.ThrowIfCancellationRequested();
            // Complete frames are hashed before they leave the window. Within a run, all bytes before this position belong to complete
            // frames.
            HashUpTo(_complete);
            _window.MoveTo(Math.Min(position, _window.Loaded));
        }

        return _window.From(position);
    }

    /// <summary>
    /// Continues the hash up to <paramref name="until"/>. Junk between frames that has already left the window is read again.
    /// </summary>
    private void HashUpTo(long until)
    {
        until = Math.Min(until, _window.Loaded);
        if (_start < 0 || _hashed >= until)
            return;
        if (_hashed < Math.Min(_window.Start, until))
        {
            var again = ArrayPool<byte>.Shared.Rent(64 << 10);
            try
            {
                while (_hashed < Math.Min(_window.Start, until))
                {
                    var wanted = (int)Math.Min(again.Length, Math.Min(_window.Start, until) - _hashed);
                    var read = FileBytes.ReadFully(_file, again.AsSpan(0, wanted), _hashed);
                    if (read == 0)
                        throw new EndOfStreamException("it became shorter while it was being read");
                    _hasher.Append(again.AsSpan(0, read));
                    _hashed += read;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(again);
            }
        }

        if (_hashed < until)
            _hasher.Append(_window.Between(_hashed, until));
        _hashed = until;
    }

    private Mp3Payload? Result(out PayloadFault reason)
    {
        // A short run counts only at the position where the audio must begin or end. A longer run counts anywhere.
        var endsInPlace = _lastRun >= ConvincingLastRun && _complete == _window.End;
        var isConvincing = _start >= 0 && (_longestRun >= ConvincingRun || _start == _audioStart || endsInPlace);
        if (!isConvincing)
        {
            reason = BeginsLikeMp3() ? PayloadFault.Truncated : PayloadFault.NotMp3;
            return null;
        }

        if (_tally.FrameCount == 0)
        {
            reason = PayloadFault.Truncated;
            return null;
        }

        var length = _complete - _start;
        var junk = length - _frameBytes;
        if (junk > _frameBytes && (junk > _junkLimit || length * 8 / _tally.Seconds > MostBitsPerSecond))
        {
            reason = PayloadFault.MostlyJunk;
            return null;
        }

        reason = PayloadFault.None;
        var leaves = _hasher.Finish();
        return new Mp3Payload(_start, length, _tally.FrameCount, FormatOf(_tally, length), MerkleTree.Root(leaves), leaves)
        {
            IsCutOff = _endsInFrame || _promisedFrames > _tally.FrameCount,
        };
    }

    private static AudioFormat FormatOf(Mp3FrameTally tally, long payloadBytes) => new()
    {
        DurationMs = (uint)Math.Min(uint.MaxValue, Math.Round(tally.Seconds * 1000, MidpointRounding.AwayFromZero)),
        BitrateBps = (uint)Math.Min(uint.MaxValue, Math.Round(payloadBytes * 8 / tally.Seconds)),
        Vbr = tally.IsVariableBitrate,
        SampleRateHz = (uint)tally.First.SampleRateHz,
        Channels = (uint)tally.First.Channels,
        PayloadBytes = (ulong)payloadBytes,
    };

    private bool BeginsLikeMp3()
    {
        Span<byte> bytes = stackalloc byte[Mp3FrameHeader.Size];
        return FileBytes.ReadFully(_file, bytes, _audioStart) == bytes.Length
            && Mp3FrameHeader.TryParse(bytes, out var header)
            && _audioStart + header.FrameBytes > _window.End;
    }
}
