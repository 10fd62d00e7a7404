using System.Buffers;
using TspActors.Media.Library;
using TspActors.Mpeg;

namespace TspActors.Peer.Live.Stations;

/// <summary>
/// A song that a station plays: its file, and the frames made from it. Only one task at a time opens or reads it. If the actor closes the
/// song while a task is using it, the task closes the file when done.
/// </summary>
internal sealed class StationSong : IDisposable
{
    /// <summary>The number of payload bytes that are read at a time: about a second, so that a skip takes effect quickly.</summary>
    public const int BlockBytes = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly SongFrames _frames = new();
    private readonly byte[] _input = new byte[BlockBytes];
    private readonly ArrayBufferWriter<byte> _output = new(2 * BlockBytes);
    private PayloadReader? _reader;
    private long _offset;
    private bool _isInUse;
    private bool _isClosed;

    public StationSong(RotationSong song) => Song = song;

    public RotationSong Song { get; }

    /// <summary>Whether any frame has been read.</summary>
    public bool HasSound { get; private set; }

    /// <summary>Whether the file is missing, for example because its disk is not connected.</summary>
    public bool IsAway { get; private set; }

    /// <summary>Opens the file. The call blocks.</summary>
    /// <returns>The human-readable reason why the song cannot be played; null if it is open.</returns>
    public string? Open()
    {
        BeginUse();
        try
        {
            switch (PayloadReader.Open(Song.Song.File))
            {
                case PayloadOpening.Opened opened:
                    _reader = opened.Reader;
                    return null;
                case PayloadOpening.Unreadable unreadable:
                    return unreadable.Text;
                case PayloadOpening.Vanished:
                    IsAway = true;
                    return "it no longer exists";
                default:
                    return "it has changed and has not been scanned yet";
            }
        }
        finally
        {
            EndUse();
        }
    }

    /// <summary>Reads the next frames.</summary>
    /// <returns>Complete frames, valid until the next call; empty at the end of the song. Null if the file has changed since it was
    ///   hashed.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The song is in free format. A listener could not tell where the next song begins, because it
    ///   would assume the frame length of the previous song until that proved wrong.</exception>
    /// <exception cref="ObjectDisposedException">The song has been closed.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync()
    {
        BeginUse();
        try
        {
            var reader = _reader ?? throw new InvalidOperationException("The song is not open.");
            _output.ResetWrittenCount();
            while (_output.WrittenCount == 0 && _offset < reader.Length)
            {
                var wanted = (int)Math.Min(_input.Length, reader.Length - _offset);
                if (await reader.ReadAsync(_input.AsMemory(0, wanted), _offset).ConfigureAwait(false) < wanted || !reader.IsUnchanged())
                    return null;
                if (_offset == 0 && Mp3FreeFormat.IsHeader(_input))
                    throw new InvalidDataException("it is in free format, so it cannot be joined with other songs");
                _offset += wanted;
                _frames.Feed(_input.AsSpan(0, wanted), _output);
            }

            HasSound |= _output.WrittenCount > 0;
            return _output.WrittenMemory;
        }
        finally
        {
            EndUse();
        }
    }

    /// <summary>Closes the file, either now or when the task that is using it has finished.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (!_isInUse)
                _reader?.Dispose();
        }
    }

    private void BeginUse()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _isInUse = true;
        }
    }

    private void EndUse()
    {
        lock (_gate)
        {
            _isInUse = false;
            if (_isClosed)
                _reader?.Dispose();
        }
    }
}
