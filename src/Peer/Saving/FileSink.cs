using Microsoft.Win32.SafeHandles;
using TspActors.Media.Hashing;
using TspActors.Media.Tags;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Saving;

/// <summary>
/// A sink that saves a song to a file: to a partial file beside it first, and under its name only when all of it is there and proven. It
/// goes on with a partial file that an earlier try left, as far as that is the song's.
/// </summary>
internal sealed class FileSink : IResumableSink
{
    private readonly SaveTarget _target;
    private readonly string _partialPath;
    private readonly SafeFileHandle _file;
    private readonly byte[] _head;
    private long _written;
    private Task _saving = Task.CompletedTask;
    private volatile bool _saved;

    /// <param name="target">Where the song goes.</param>
    /// <param name="file">The open partial file; the sink closes it.</param>
    /// <param name="head">The bytes before the payload.</param>
    internal FileSink(SaveTarget target, SafeFileHandle file, byte[] head)
    {
        _target = target;
        _partialPath = target.PartialPath;
        _file = file;
        _head = head;
        Found = Math.Max(0, RandomAccess.GetLength(file) - head.Length);
        Path = target.Path;
    }

    /// <summary>Where the song is saved.</summary>
    public string Path { get; private set; }

    /// <summary>Payload bytes that are saved so far.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>The whole song is saved, under its name.</summary>
    public bool IsSaved => _saved;

    /// <summary>The partial file that is left for another try; null when nothing is left. Known once this sink is disposed.</summary>
    public string? LeftPartial { get; private set; }

    /// <inheritdoc/>
    public long Found { get; }

    /// <summary>Opens the partial file beside the file at <paramref name="path"/>, which is replaced when the song is complete.</summary>
    /// <exception cref="IOException">It cannot be created; the message is for people.</exception>
    public static FileSink Create(string path) => Open(new SaveTarget(BehindLinks(path)), []);

    /// <summary>
    /// Opens the partial file of a new file in <paramref name="folder"/>: the tag, then the payload. A name that is taken gets a number.
    /// </summary>
    /// <exception cref="IOException">It cannot be created; the message is for people.</exception>
    public static FileSink CreateTagged(string folder, Song song)
    {
        var tag = Id3v2Writer.Write(song.Tags ?? new SongTags());
        for (var target = SaveTarget.New(folder, SaveName.FromSong(song)); ; target = target.Next())
        {
            try
            {
                return Open(target, tag);
            }
            catch (Exception error) when (error is PartialFileInUseException or ForeignPartialFileException)
            {
                // Another song of that name is being saved at this moment, or something else has the name.
            }
        }
    }

    /// <inheritdoc/>
    // A disk can be slow: a thread of the pool waits for it.
    public async ValueTask<KeptBytes> KeepProvenAsync(PieceTree tree, CancellationToken cancellation) =>
        await Task.Run(() => Explained(() => KeepProven(tree, cancellation)), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await RandomAccess.WriteAsync(_file, bytes, _head.Length + _written, cancellation).ConfigureAwait(false);
            Interlocked.Add(ref _written, bytes.Length);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            throw SaveFailure.Explain(error, _target.Path, _partialPath);
        }
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(Song song, CancellationToken cancellation)
    {
        var saving = Task.Run(() => Explained(Save), cancellation);
        _saving = saving;
        await saving.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A slow disk may still be writing when everything else has stopped. How that ends, CompleteAsync tells its caller.
        await _saving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A closed file was complete, and only its renaming failed.
        var isWorthKeeping = !_saved && (_file.IsClosed || RandomAccess.GetLength(_file) > _head.Length);
        _file.Dispose();
        if (isWorthKeeping)
            LeftPartial = _partialPath;
        else if (!_saved)
            File.Delete(_partialPath);
    }

    // The file that a link leads to is replaced, not the link.
    private static string BehindLinks(string path)
    {
        try
        {
            return path.Length > 0 && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : path;
        }
        catch (FileNotFoundException)
        {
            return path;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SaveFailure.Explain(error, path, path);
        }
    }

    private static FileSink Open(SaveTarget target, byte[] head)
    {
        if (target.Path.Length == 0)
            throw new IOException("the file to save to has no name: name one");
        if (Directory.Exists(target.Path))
            throw new IOException($"{target.Path} is a folder: name a file");
        if (SpecialFile.IsAt(target.Path))
            throw new IOException($"{target.Path} is a device or a pipe: name a file");
        try
        {
            return new FileSink(target, PartialFile.Open(target.PartialPath), head);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SaveFailure.Explain(error, target.Path, target.PartialPath);
        }
    }

    private KeptBytes KeepProven(PieceTree tree, CancellationToken cancellation)
    {
        var length = 0L;
        var buffer = new byte[tree.PieceBytes];
        for (var piece = 0; piece < tree.Count && length + tree.LengthOf(piece) <= Found; piece++)
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = buffer.AsSpan(0, tree.LengthOf(piece));
            if (!TryRead(bytes, _head.Length + length) || !tree.Verify(piece, bytes))
                break;
            length += bytes.Length;
        }

        if (Found > length)
            RandomAccess.SetLength(_file, _head.Length + length);
        Interlocked.Exchange(ref _written, length);
        return new KeptBytes(length, Notice(tree, length));
    }

    private string? Notice(PieceTree tree, long kept) =>
        kept > 0 ? $"going on with {_partialPath}: {100 * kept / tree.PayloadLength} % of the song is in it"
        : Found >= Math.Min(tree.PieceBytes, tree.PayloadLength) ? $"{_partialPath} belongs to another song or is damaged: starting over"
        : null;

    private bool TryRead(Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
                return false;
            bytes = bytes[read..];
            offset += read;
        }

        return true;
    }

    private bool Save()
    {
        if (RandomAccess.GetLength(_file) is var length && length > _head.Length + _written)
            RandomAccess.SetLength(_file, _head.Length + _written);
        // The tag comes last, because the song's tags may have changed since an earlier try.
        if (_head.Length > 0)
            RandomAccess.Write(_file, _head, 0);
        RandomAccess.FlushToDisk(_file);
        PartialFile.CheckPath(_file, _partialPath);
        _file.Dispose();
        Path = _target.MoveIntoPlace();
        return _saved = true;
    }

    private T Explained<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            throw SaveFailure.Explain(error, _target.Path, _partialPath);
        }
    }
}
