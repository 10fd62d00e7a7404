using Microsoft.Win32.SafeHandles;
using TspActors.Media.Covers;
using TspActors.Media.Hashing;
using TspActors.Media.Tags;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Saving;

/// <summary>
/// A sink that saves a song to a file. It writes to a partial file next to the final one, and renames the partial file once every byte has
/// been written and verified. It continues the partial file of an earlier save if the bytes match the song.
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

    /// <param name="target">The paths of the song and of its partial file.</param>
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

    /// <summary>The path of the final file.</summary>
    public string Path { get; private set; }

    /// <summary>The number of payload bytes saved so far.</summary>
    public long Written => Interlocked.Read(ref _written);

    /// <summary>Whether the complete song is saved under its final name.</summary>
    public bool IsSaved => _saved;

    /// <summary>The partial file that a later save can continue; null if there is none. Valid after this sink is disposed.</summary>
    public string? LeftPartial { get; private set; }

    /// <inheritdoc/>
    public long Found { get; }

    /// <summary>Opens the partial file next to <paramref name="path"/>. The completed song replaces any file at that path.</summary>
    /// <exception cref="IOException">The file cannot be created. The message is for the user.</exception>
    public static FileSink Create(string path) => Open(new SaveTarget(ResolveLinks(path)), []);

    /// <summary>
    /// Opens the partial file for a new file in <paramref name="folder"/>. The new file has a tag before the payload. If the name is taken,
    /// a number is added to it.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="song">The song. Its tags are written to the file.</param>
    /// <param name="cover">The front cover for the tag; empty = none.</param>
    /// <param name="pattern">The pattern for the file's name and its folders below <paramref name="folder"/>; null = the default.</param>
    /// <exception cref="IOException">The file cannot be created. The message is for the user.</exception>
    public static FileSink CreateTagged(string folder, Song song, ReadOnlyMemory<byte> cover = default, SavePattern? pattern = null)
    {
        var (below, name) = (pattern ?? SavePattern.Default).NamesOf(song);
        folder = SaveFolder.Make(folder, below);
        var bare = Id3v2Writer.Write(song.Tags ?? new SongTags(), null, song.Format);
        byte[][] tags = CoverImage.TryCreate(cover) is { } image
            ? [Id3v2Writer.Write(song.Tags ?? new SongTags(), image, song.Format), bare]
            : [bare];
        for (var target = SaveTarget.New(folder, name); ; target = target.Next())
        {
            try
            {
                return Open(target, tags);
            }
            catch (Exception error) when (error is PartialFileInUseException or ForeignPartialFileException)
            {
                // Another song with the same name is being saved right now, or an unrelated file has the partial file's name.
            }
        }
    }

    /// <inheritdoc/>
    // Reading from a slow disk blocks, so the check runs on a pool thread.
    public async ValueTask<KeptBytes> KeepProvenAsync(PieceTree tree, CancellationToken cancellation) =>
        await Task.Run(() => WithExplainedErrors(() => KeepProven(tree, cancellation)), cancellation).ConfigureAwait(false);

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
        var saving = Task.Run(() => WithExplainedErrors(Save), cancellation);
        _saving = saving;
        await saving.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A write to a slow disk may still be in progress when this sink is disposed of. CompleteAsync reports the result to its caller.
        await _saving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // If the file is already closed, it was complete, and only the rename failed.
        var isWorthKeeping = !_saved && (_file.IsClosed || RandomAccess.GetLength(_file) > _head.Length);
        _file.Dispose();
        if (isWorthKeeping)
            LeftPartial = _partialPath;
        else if (!_saved)
            File.Delete(_partialPath);
    }

    // A saved song replaces the target of a link, not the link.
    private static string ResolveLinks(string path)
    {
        if (path.Length == 0)
            return path;
        // ResolveLinkTarget does not find the folder of a bare file name.
        path = System.IO.Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
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

    private static FileSink Open(SaveTarget target, IReadOnlyList<byte[]> tags)
    {
        if (target.Path.Length == 0)
            throw new IOException("the file name is empty: choose one");
        if (Directory.Exists(target.Path))
            throw new IOException($"{target.Path} is a folder: choose a file");
        if (SpecialFile.IsAt(target.Path))
            throw new IOException($"{target.Path} is a device or a pipe: choose a file");
        try
        {
            var file = PartialFile.Open(target.PartialPath);
            var isNew = RandomAccess.GetLength(file) == 0;
            try
            {
                return new FileSink(target, file, PlaceTag(file, tags));
            }
            catch
            {
                file.Dispose();
                if (isNew)
                    File.Delete(target.PartialPath);
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SaveFailure.Explain(error, target.Path, target.PartialPath);
        }
    }

    // The tag from an earlier save shows where the payload begins. The song's tags or its cover may have changed since then, so the first
    // tag that fits into the space before the payload is used.
    private static byte[] PlaceTag(SafeFileHandle file, IReadOnlyList<byte[]> tags)
    {
        if (tags.Count == 0)
            return [];
        Span<byte> start = stackalloc byte[10];
        if (RandomAccess.Read(file, start, 0) == start.Length && Id3v2Writer.LengthOf(start) is { } length
            && length <= RandomAccess.GetLength(file) && tags.FirstOrDefault(tag => tag.Length <= length) is { } fitting)
            return Id3v2Writer.Pad(fitting, length);
        RandomAccess.Write(file, tags[0], 0);
        return tags[0];
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
        kept > 0 ? $"continuing with {_partialPath}: {100 * kept / tree.PayloadLength} % of the song is already there"
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
        // The song's tags may have changed since an earlier save.
        if (_head.Length > 0)
            RandomAccess.Write(_file, _head, 0);
        RandomAccess.FlushToDisk(_file);
        PartialFile.CheckPath(_file, _partialPath);
        _file.Dispose();
        Path = _target.MoveIntoPlace();
        return _saved = true;
    }

    private T WithExplainedErrors<T>(Func<T> work)
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
